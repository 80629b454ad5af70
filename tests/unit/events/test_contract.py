"""Events out: what is announced meets its published schema, and the schema changes only by additions."""

import json

import jsonschema
import msgspec
import pytest

from leadlight.events import DETAIL_TYPES, event_of
from leadlight.events.event import decision_of, model_published
from leadlight.events.schema import FOLDER, schemas
from leadlight.lifecycle.decision import Decision, Reason
from leadlight.releases import Release

DECISION = Decision(
    lead_id="ld_a",
    seq=3,
    kind="scored",
    decided_at="2026-11-21T12:00:00.000Z",
    as_of="2026-11-21",
    score=47,
    grade="A",
    buying_stage="decision",
    stage="mql",
    model="b2b-saas",
    model_version=1,
    cause="score_moved",
    after=47,
    reasons=(Reason("demo", "demo requested", 24.188),),
)
ALSO = {
    "stage_changed": {"before": "lead", "after": "mql"},
    "handed_off": {"hand_off": "ld_a#3", "due_at": "2026-11-22T12:00:00.000Z"},
    "rejected": {"hand_off": "ld_a#3"},
    "enrolled": {"campaign": "warm-up"},
    "exited": {"campaign": "warm-up"},
    "merged": {"other": "ld_b"},
    "unmerged": {"other": "ld_b"},
}


def decision(kind: str) -> Decision:
    return msgspec.structs.replace(DECISION, kind=kind, **ALSO.get(kind, {}))


@pytest.mark.parametrize(("kind", "title"), DETAIL_TYPES.items())
def test_an_event_meets_its_schema_and_can_be_read_back(kind, title):
    """The file in the layer is the contract."""
    event = event_of(decision(kind))
    schema = json.loads((FOLDER / f"{title.lower().replace(' ', '_')}.v1.json").read_text())
    detail = json.loads(event.detail)
    jsonschema.Draft202012Validator(schema).validate(detail)
    assert event.detail_type == title
    assert decision_of(detail) == decision(kind)


def test_what_a_schema_requires_is_required():
    """A stage change without its stages is no stage change."""
    schema = json.loads((FOLDER / "lead_stage_changed.v1.json").read_text())
    detail = json.loads(event_of(decision("stage_changed")).detail)
    for name in ("id", "lead_id", "seq", "before", "after", "score"):
        rest = {key: value for key, value in detail.items() if key != name}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(schema).validate(rest)


def test_the_published_schemas_are_those_of_the_code():
    """`python -m leadlight.events.schema` writes them; a difference is a change of contract to look at."""
    published = {path.name: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
    assert published == {name: json.loads(json.dumps(schema)) for name, schema in schemas()}


def test_the_id_of_a_decision_never_changes():
    """lead_id#seq; nurture counts on its own and says so."""
    assert json.loads(event_of(decision("scored")).detail)["id"] == "ld_a#3"
    assert json.loads(event_of(decision("enrolled")).detail)["id"] == "ld_a#n3"


def test_no_personal_data_goes_out():
    """Consumers ask the API by lead_id: the fields are these and no others."""
    assert set(Decision.__struct_fields__).isdisjoint({"email", "name", "traits", "identities", "company"})


def test_a_publish_meets_its_schema():
    """What is in force, and whether folds are made anew."""
    release = Release(2, 3, published_at="2026-11-21T12:00:00.000Z", from_facts=True)
    detail = json.loads(model_published(release, models=["b2b-saas@4"], catalogue=2))
    schema = json.loads((FOLDER / "model_published.v1.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(detail)
    assert (detail["id"], detail["documents"], detail["from_facts"]) == ("release#2", 3, True)
