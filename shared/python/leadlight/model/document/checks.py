"""What the schema can't say: names that point nowhere, ids that are taken, moves that are not allowed."""

from collections.abc import Iterator, Mapping, Sequence

from leadlight.lifecycle.transitions import TRANSITIONS, is_legal
from leadlight.model.document.conditions import TraitConditionPart
from leadlight.model.document.finding import Where
from leadlight.model.document.known import READ_FROM_TITLE
from leadlight.model.document.model import ModelPart
from leadlight.model.document.values import nearest
from leadlight.signals import Catalogue

Said = tuple[Where, str]


def checks(model: ModelPart, catalogue: Catalogue) -> Iterator[Said]:
    """Where something is wrong, as a path into the document, and what to do."""
    yield from _signals(model, sorted({rule.signal for rule in catalogue.signals}))
    yield from _ids(model)
    yield from _conditions(model)
    yield from _moves(model)
    yield from _segments(model)


def conditions(model: ModelPart) -> Iterator[tuple[Where, str, TraitConditionPart]]:
    """Every condition of a model: where it stands, its trait, and the test."""
    for trait, condition in model.audience.items():
        yield ("audience", trait), trait, condition
    for index, suppression in enumerate(model.suppress):
        yield ("suppress", index, "when"), suppression.trait, suppression.when
    for index, criterion in enumerate(model.fit):
        yield ("fit", index, "when"), criterion.trait, criterion.when


def used_signals(model: ModelPart) -> Iterator[tuple[Where, str]]:
    """Every signal that the model reads, and where."""
    for index, criterion in enumerate(model.signals):
        yield ("signals", index, "signal"), criterion.signal
    for stage, rules in model.buying_stages:
        for index, rule in enumerate(rules):
            yield ("buying_stages", stage, index, "signal"), rule.signal


def _signals(model: ModelPart, known: Sequence[str]) -> Iterator[Said]:
    unscored = [(("unscored", index), signal) for index, signal in enumerate(model.unscored)]
    for where, signal in [*used_signals(model), *unscored]:
        if signal not in known:
            hint = nearest(signal, known) or f"; it has {', '.join(known)}"
            yield where, f"{signal} is not in the signal catalogue{hint}"


def _ids(model: ModelPart) -> Iterator[Said]:
    criteria = {
        "fit": [part.id for part in model.fit],
        "signals": [part.id for part in model.signals],
        "suppress": [part.id for part in model.suppress],
    }
    yield from _unique("criterion", criteria)
    yield from _unique("segment", {"segments": [part.id for part in model.segments]})
    yield from _unique("campaign", {"campaigns": [part.id for part in model.campaigns]})


def _unique(what: str, sections: Mapping[str, Sequence[str]]) -> Iterator[Said]:
    taken: set[str] = set()
    for section, names in sections.items():
        for index, name in enumerate(names):
            if name in taken:
                yield (section, index, "id"), f"{name} is taken; every {what} needs an id of its own"
            taken.add(name)


def _conditions(model: ModelPart) -> Iterator[Said]:
    for where, trait, test in conditions(model):
        if test.free_mail is not None and trait != "email_domain":
            yield (*where, "free_mail"), f"is a test on the trait email_domain, found {trait}"
        names = READ_FROM_TITLE.get(trait, ())
        for key, values in (("any_of", test.any_of), ("none_of", test.none_of)):
            for index, value in enumerate(values or ()):
                if names and str(value).strip().lower() not in names:
                    hint = nearest(value, names)
                    yield (*where, key, index), f"{trait} is one of {', '.join(names)}, found {value!r}{hint}"


def _moves(model: ModelPart) -> Iterator[Said]:
    for index, rule in enumerate(model.lifecycle):
        for stage in rule.from_:
            if not is_legal(stage, rule.enter):
                sources = [name for name, after in TRANSITIONS.items() if rule.enter in after]
                allowed = f"{rule.enter} is entered from {', '.join(sources)}" if sources else "nothing leads there"
                yield ("lifecycle", index, "from"), f"a lead can't go from {stage} to {rule.enter}; {allowed}"
        if rule.falls_below is not None and rule.falls_below >= (rule.score or 0):
            text = f"must be under score {rule.score}, found {rule.falls_below}"
            yield ("lifecycle", index, "falls_below"), text
        if rule.falls_below is not None and not is_legal(rule.enter, rule.falls_to):
            allowed = ", ".join(sorted(TRANSITIONS[rule.enter]))
            yield (
                ("lifecycle", index, "falls_to"),
                f"a lead can't fall from {rule.enter} to {rule.falls_to}; it may go to {allowed}",
            )


def _segments(model: ModelPart) -> Iterator[Said]:
    known = [part.id for part in model.segments]
    for index, campaign in enumerate(model.campaigns):
        if campaign.segment not in known:
            hint = nearest(campaign.segment, known) or f"; the segments are {', '.join(known) or 'none'}"
            yield ("campaigns", index, "segment"), f"{campaign.segment} is no segment{hint}"
