"""What is generated from the schema is current, and every example in it runs."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from ruamel.yaml import YAML

from leadlight.model.document import DEFAULT_CATALOGUE, DEFAULT_MODEL, read_catalogue, read_model, review
from leadlight.model.document.flow import flow
from leadlight.model.document.reference import FILE, Key, keys, reference_text
from leadlight.model.document.schema import FOLDER, KINDS, schema, schema_text
from leadlight.model.document.starters import STARTERS
from leadlight.scoring import Engine
from leadlight.state import Fold
from leadlight.state.fold import Trait

CATALOGUE = read_catalogue()
KEYS = {kind: list(keys(kind)) for kind in KINDS}
WHOLE = ("Decay", "TraitCondition", "PropertyCondition")  # one key of these says it all
TRAIT_OF = {"free_mail": "email_domain"}
ON = {"score": None, "falls_below": None}  # a stage is entered by score, or by sales' answer


def yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def examples_of(kind: str) -> dict[str, Any]:
    """A document of nothing but examples."""
    return {key.name: key.schema["examples"][0] for key in KEYS[kind] if key.part == kind}


def places(kind: str) -> dict[str, tuple[str | int, ...]]:
    """Where each part of the language stands in a document, once."""
    found: dict[str, tuple[str | int, ...]] = {kind: ()}

    def walk(model: Any, where: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        for name, field in model.model_fields.items():
            place = (*where, field.alias or name)
            text = str(field.annotation)
            inside = (*place, 0) if "list[" in text else (*place, "company_size") if "dict[" in text else place
            for part in parts(field.annotation):
                yield part.__name__.removesuffix("Part"), inside
                yield from walk(part, inside)

    for name, where in walk(KINDS[kind], ()):
        if name not in found or where[0] == "fit":
            found[name] = where
    return found


def parts(annotation: Any) -> Iterator[Any]:
    if hasattr(annotation, "model_fields"):
        yield annotation
    for argument in get_args(annotation):
        yield from parts(argument)


def with_example(kind: str, key: Key) -> dict[str, Any]:
    """The document of examples, with one key of one part as its example says."""
    document: Any = deepcopy(examples_of(kind))
    if kind == "model":
        del document["audience"]
    *path, last = places(kind)[key.part] or (None,)
    parent = document
    for step in path:
        parent = parent.setdefault(step, {}) if isinstance(parent, dict) else parent[step]
    example = {key.name: key.schema["examples"][0]}
    if last is None:
        document.update(example)
    elif key.part in WHOLE or (isinstance(parent, dict) and last not in parent):
        needed = {each.name: each.schema["examples"][0] for each in KEYS[kind] if each.part == key.part}
        parent[last] = example if key.part in WHOLE else {**needed, **example}
        parent.update({"trait": TRAIT_OF[key.name]} if key.name in TRAIT_OF else {})
    elif isinstance(parent[last], dict):
        parent[last].update(example)
        for name in ON if key.name == "on" else ():
            parent[last].pop(name, None)
        if key.name == "on":
            parent[last].update({"enter": "sal", "from": ["sql"]})
    return document  # type: ignore[no-any-return]


@pytest.mark.parametrize("key", KEYS["model"], ids=lambda key: f"{key.part}.{key.name}")
def test_every_example_of_a_model_is_read_and_scored(tmp_path: Path, key: Key):
    """Written as YAML, as the reference shows it."""
    path = tmp_path / "model.yaml"
    path.write_text("".join(f"{name}: {flow(value)}\n" for name, value in with_example("model", key).items()))
    fold = Fold()
    fold.traits = {"company_size": Trait(2000, b"1"), "job_title": Trait("CTO", b"1")}
    fold.count(20_500, ("demo_requested", "pricing_page_viewed"))
    score = Engine(read_model(path, catalogue=CATALOGUE)).score(fold, 20_500)
    assert sum(each.share for each in score.contributions) == score.totals.score * 1000


@pytest.mark.parametrize("key", KEYS["catalogue"], ids=lambda key: f"{key.part}.{key.name}")
def test_every_example_of_a_catalogue_is_read(tmp_path: Path, key: Key):
    """And the rule can be asked."""
    path = tmp_path / "catalogue.yaml"
    path.write_text("".join(f"{name}: {flow(value)}\n" for name, value in with_example("catalogue", key).items()))
    catalogue = read_catalogue(path)
    assert catalogue.signals_of("nothing", {}) == ()


@pytest.mark.parametrize("key", [*KEYS["model"], *KEYS["catalogue"]], ids=lambda key: f"{key.part}.{key.name}")
def test_every_key_has_a_meaning_and_an_example(key: Key):
    """A sentence, and a value."""
    assert key.schema["description"].strip().endswith(".")
    assert len(key.schema["examples"]) == 1


def test_the_reference_is_current():
    """Mend it with: python -m leadlight.model.document.reference."""
    assert FILE.read_text(encoding="utf-8") == reference_text()


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_schema_is_current_and_a_schema(kind: str):
    """Mend it with: python -m leadlight.model.document.reference."""
    assert (FOLDER / f"{kind}.json").read_text(encoding="utf-8") == schema_text(kind)
    jsonschema.Draft202012Validator.check_schema(schema(kind))


@pytest.mark.parametrize("path", [DEFAULT_MODEL, *STARTERS.values()], ids=lambda path: path.stem)
def test_an_editor_finds_nothing_wrong_with_what_ships(path: Path):
    """The schema and the reader agree."""
    jsonschema.validate(yaml(path), schema("model"))
    jsonschema.validate(yaml(DEFAULT_CATALOGUE), schema("catalogue"))


@pytest.mark.parametrize(
    ("place", "value"),
    [("titel", "x"), ("version", "one"), ("grades", []), ("announce_change", 0), ("fit", [{"id": "x"}])],
)
def test_an_editor_finds_mistakes(place: str, value: Any):
    """Before anybody runs a command."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**yaml(DEFAULT_MODEL), place: value}, schema("model"))


@pytest.mark.parametrize("kind", STARTERS)
def test_a_starter_is_valid_without_a_warning_and_explains_itself(kind: str):
    """The first thing that a team reads."""
    assert review([STARTERS[kind]], DEFAULT_CATALOGUE).findings == []
    lines = STARTERS[kind].read_text().splitlines()
    assert sum("#" in line for line in lines) >= 20
    assert lines[0] == "# yaml-language-server: $schema=model.schema.json"
