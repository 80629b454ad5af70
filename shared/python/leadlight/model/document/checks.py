"""What the schema can't say: names that point nowhere, ids that are taken, moves that are not allowed."""

import difflib
import re
from collections.abc import Iterator

from leadlight.lifecycle.transitions import is_legal
from leadlight.model.structs import Model
from leadlight.signals import Catalogue

Finding = tuple[tuple[str | int, ...], str]


def checks(model: Model, catalogue: Catalogue) -> Iterator[Finding]:
    """Where something is wrong, as a path into the document, and what to do."""
    yield from _signals(model, sorted({rule.signal for rule in catalogue.signals}))
    yield from _ids(model)
    yield from _patterns(model)
    yield from _moves(model)


def _signals(model: Model, known: list[str]) -> Iterator[Finding]:
    used: list[Finding] = [
        (("signals", index, "signal"), criterion.signal) for index, criterion in enumerate(model.signals)
    ]
    for stage, conditions in model.buying_stages.items():
        used += [
            (("buying_stages", stage, index, "signal"), condition.signal) for index, condition in enumerate(conditions)
        ]
    for where, signal in used:
        if signal not in known:
            near = difflib.get_close_matches(signal, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield where, f"{signal} is not in the signal catalogue{hint}"


def _ids(model: Model) -> Iterator[Finding]:
    taken: set[str] = set()
    ids = {"fit": [part.id for part in model.fit], "signals": [part.id for part in model.signals]}
    for section, names in ids.items():
        for index, name in enumerate(names):
            if name in taken:
                yield (section, index, "id"), f"{name} is taken; every criterion needs an id of its own"
            taken.add(name)


def _patterns(model: Model) -> Iterator[Finding]:
    for index, criterion in enumerate(model.fit):
        try:
            re.compile(criterion.condition.matches or "")
        except re.error as error:
            yield ("fit", index, "when", "matches"), f"not a regular expression: {error}"


def _moves(model: Model) -> Iterator[Finding]:
    for index, rule in enumerate(model.lifecycle):
        for stage in rule.source:
            if not is_legal(stage, rule.enter):
                yield ("lifecycle", index, "from"), f"a lead can't go from {stage} to {rule.enter}"
