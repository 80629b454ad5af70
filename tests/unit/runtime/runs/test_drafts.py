"""What POST /v1/models takes: documents that every function can go by; each other one is refused with field and fix."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from leadlight.activity.order_key import day_number
from leadlight.model import Documents, Model, decode, encode
from leadlight.model.document import read_catalogue, read_documents, read_model
from leadlight.model.document.starters import STARTERS
from leadlight.model.sound import faults
from leadlight.runtime.rehearsal import rehearse
from leadlight.signals import Catalogue, SignalRule
from tests.property.models import models
from tests.simulation.publishing import variants
from tests.simulation.quiet import Quiet, quiet
from tests.unit.builders import NOW
from tests.unit.runtime.runs.release import call
from tests.unit.scoring import small

SHIPPED = encode(read_documents())
TODAY = day_number(NOW)
DEEP = 100_000


@pytest.fixture(scope="module")
def stack() -> Iterator[Quiet]:
    with quiet(NOW) as found:
        yield found


def changed(path: str, value: Any) -> dict[str, Any]:
    """The shipped documents with another value at a path."""
    documents: dict[str, Any] = json.loads(SHIPPED)
    at: Any = documents
    *steps, last = [
        int(step) if step.isdigit() else step for step in path.replace("[", ".").replace("]", "").split(".")
    ]
    for step in steps:
        at = at[step]
    at[last] = value
    return documents


CRITERION = {"id": "c", "label": "c", "category": "behavior", "signal": "demo_requested", "points": [1, 1, 1]}
WRONG = [  # where, what, and the field that is named where it is another
    ("models[0].fit[0].condition", {"matches": "("}, "models[0].fit[0].condition.matches"),
    (
        "models[0].fit[0].condition",
        {"any_of": ["x"], "matches": "a{99999999999}"},
        "models[0].fit[0].condition.matches",
    ),
    ("models[0].fit[0].condition", {}, ""),
    ("models[0].suppress[0].condition", {"matches": "[a"}, "models[0].suppress[0].condition.matches"),
    ("models[0].audience", {"size": {"matches": "*"}}, "models[0].audience.size.matches"),
    ("catalogue.signals[0].when", {"path": {"matches": "("}}, "catalogue.signals[0].when.path.matches"),
    ("models[0].fit[0].points", 10**18, ""),
    ("models[0].fit[0].points", 10**30, ""),
    ("models[0].signals[0].points", [0, -(10**18), 0], "models[0].signals[0].points[1]"),
    ("models[0].signals[0].cap", 0, ""),
    ("models[0].signals[0].decay", {"kind": "half_life", "days": 0}, "models[0].signals[0].decay.days"),
    ("models[0].signals[0].decay", {"kind": "linear", "days": 10**7}, "models[0].signals[0].decay.days"),
    ("models[0].signals[0].limit", {"count": 1, "days": 0}, "models[0].signals[0].limit.days"),
    ("models[0].signals[0].limit", {"count": 0, "days": 1}, "models[0].signals[0].limit.count"),
    ("models[0].signals[0].window", 0, ""),
    ("models[0].signals[0].window", 10**12, ""),
    ("models[0].signals[0].category", "fit", ""),
    ("models[0].signals[0].signal", "0", ""),
    ("models[0].signals[0].id", "Pricing Page", ""),
    ("models[0].signals[0].id", "a" * 101, ""),
    ("models[0].signals", [CRITERION, CRITERION], ""),
    ("models[0].id", "x y@z", ""),
    ("models[0].id", "line\n", ""),
    ("models[0].version", 10**30, ""),
    ("models[0].grades", {}, ""),
    ("models[0].grades", {"A": 10, "B": 50, "C": 25}, ""),
    ("models[0].caps.behavior", 0, ""),
    ("models[0].caps", {"fit": 1000}, "models[0].caps.engagement"),
    ("models[0].weights.decision", {"fit": 0, "engagement": 0, "product_usage": 0, "behavior": 0}, ""),
    ("models[0].weights", {}, "models[0].weights.awareness.fit"),
    ("models[0].buying_stages.decision[0].signal", "1", ""),
    ("models[0].buying_stages.decision[0].days", 0, ""),
    ("models[0].buying_stages.decision[0].at_least", 0, ""),
    ("models[0].lifecycle[0].enter", "mqll", ""),
    ("models[0].lifecycle[0].source", ["lead", "friend"], ""),
    ("models[0].lifecycle[0].falls_to", "nowhere", ""),
    ("models[0].lifecycle[0].falls_below", 99, ""),
    ("models[0].lifecycle[0].dwell", 10**12, ""),
    ("models[0].lifecycle[1].hand_off_hours", 10**12, ""),
    ("models[0].segments[0].stages", ["friend"], ""),
    ("models[0].campaigns[0].segment.score_below", 0, ""),
    ("models[0].engaged_within", 0, ""),
    ("models[0].announce_change", 0, ""),
    ("models[0].version", "two", ""),
    ("models", [], ""),
    ("models", [json.loads(SHIPPED)["models"][0]] * 201, ""),
    ("models[0].audience", {"size": {"at_least": 1}}, "models"),
    ("catalogue.signals[0].signal", "0", ""),
    ("catalogue.signals[0].activity", "Page Viewed", ""),
    ("catalogue.guard.scan_seconds", 10**12, ""),
]


@pytest.mark.parametrize(("path", "value", "field"), WRONG)
def test_what_a_function_would_break_by_is_refused(stack: Quiet, path: str, value: Any, field: str) -> None:
    """With a problem of 422 that names the field and the fix; nothing is stored."""
    status, problem = call("POST /v1/models", changed(path, value))
    assert (status, problem["type"]) == (422, "urn:leadlight:problem:malformed-event")
    assert problem["field"] == (field or path)
    assert "leadlight draft" in problem["detail"]
    assert stack.world.models.versions() == []


def test_all_that_is_wrong_is_told_at_once(stack: Quiet) -> None:
    """The first field is the problem's own."""
    documents = changed("models[0].id", "0")
    documents["catalogue"]["signals"][0]["signal"] = "0"
    problem = call("POST /v1/models", documents)[1]
    assert [each["field"] for each in problem["errors"]] == ["catalogue.signals[0].signal", "models[0].id"]


@pytest.mark.parametrize(
    ("where", "field"),
    [('{"more": %s}', "body"), ('{"catalogue": %s}', "catalogue"), ('{"models": %s}', "models[0]"), ("%s", "body")],
)
def test_what_is_nested_too_deep_is_refused(stack: Quiet, where: str, field: str) -> None:
    """It is no fault of ours."""
    status, problem = call("POST /v1/models", (where % ("[" * DEEP + "]" * DEEP)).encode())
    assert (status, problem["field"]) == (422, field)


@pytest.mark.parametrize("route", ["GET /v1/models/{version}", "GET /v1/models/{version}/effect"])
@pytest.mark.parametrize("version", ["9" * 5000, "9" * 10, "-1", "two"])
def test_a_version_is_a_number_that_can_be_one(stack: Quiet, route: str, version: str) -> None:
    """However long it is."""
    status, problem = call(route, version=version)
    assert (status, problem["field"]) == (422, "version")
    assert len(problem["detail"]) < 100


def test_what_scoring_alone_would_find_is_refused_too(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is in bounds, and that a lead can't be scored by all the same."""
    monkeypatch.setattr("leadlight.runtime.releases.faults", lambda _: iter(()))
    for path, value in (
        ("models[0].fit[0].condition", {"matches": "("}),
        ("models[0].signals[0].decay", {"kind": "linear", "days": 0}),
        ("models[0].signals[0].limit", {"count": 1, "days": 0}),
        ("models[0].weights", {}),
        ("catalogue.signals[0].when", {"path": {"matches": "("}}),
    ):
        status, problem = call("POST /v1/models", changed(path, value))
        assert (path, status, problem["field"]) == (path, 422, "models")


def test_what_ships_is_taken(stack: Quiet) -> None:
    """As what `leadlight draft` makes of people's documents."""
    catalogue = read_catalogue()
    starters = [read_model(path, catalogue=catalogue) for path in STARTERS.values()]
    shipped = [decode(raw) for raw in (SHIPPED, *variants())]
    for documents in [*shipped, *(Documents(catalogue, (model,)) for model in starters)]:
        assert [*faults(documents)] == []
        rehearse(documents, TODAY)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(models() | small.models())
def test_every_model_in_bounds_is_taken(model: Model) -> None:
    """Whatever its shape."""
    rules = tuple(SignalRule(signal, signal) for signal in small.SIGNALS)
    documents = decode(encode(Documents(Catalogue(1, rules), (model,))))
    assert [*faults(documents)] == []
    rehearse(documents, TODAY)
