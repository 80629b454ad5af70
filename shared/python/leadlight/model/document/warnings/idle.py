"""Criteria, rules and signals that nothing ever comes of."""

import difflib
from collections.abc import Iterator

from leadlight.model.document.checks import Said, conditions, used_signals
from leadlight.model.document.known import TRAITS, stored_as
from leadlight.model.document.model import ModelPart
from leadlight.model.structs import STAGES, Category, Model
from leadlight.signals import Catalogue, Condition

_SLIP = 0.85  # a team has traits of its own: only a name a letter or two off is taken for a slip


def impossible(condition: Condition) -> str | None:
    """Why no value meets a condition; None where one may."""
    low, high = condition.at_least, condition.at_most
    if low is not None and high is not None and low > high:
        return f"no number is at least {low:g} and at most {high:g}"
    others = [name for name in condition.__struct_fields__ if name != "exists" and getattr(condition, name) is not None]
    if condition.exists is False and others:
        return f"what is absent is never tested by {', '.join(others)}"
    values = condition.any_of or ()
    if values and not any(map(condition.holds, values)):
        return f"no value of its set ({', '.join(map(str, values[:5]))}) meets the other tests"
    return None


def idle_rules(catalogue: Catalogue) -> Iterator[Said]:
    """Rules of the catalogue that read no activity."""
    for index, rule in enumerate(catalogue.signals):
        for name, condition in rule.when.items():
            if reason := impossible(condition):
                yield ("signals", index, "when", name), f"never holds: {reason}"


def idle_criteria(part: ModelPart, model: Model, catalogue: Catalogue) -> Iterator[Said]:
    """Criteria that can never fire, or never give anything."""
    tests = [*model.audience.values(), *(each.condition for each in model.suppress)]
    tests += [each.condition for each in model.fit]
    for (where, trait, _), condition in zip(conditions(part), tests, strict=True):
        if reason := impossible(condition):
            yield where, f"never holds: {reason}"
        if reason := _no_trait(trait):
            yield (where if where[0] == "audience" else (*where[:-1], "trait")), reason
    for index, criterion in enumerate(model.fit):
        if not criterion.points:
            yield ("fit", index, "points"), "0 points: it never gives anything"
    dead = _never_given(catalogue)
    for where, signal in used_signals(part):
        if signal in dead:
            yield where, f"never fires: no rule of the catalogue can give {signal}"
    yield from _signals(model)


def idle_stages(model: Model) -> Iterator[Said]:
    """Buying stages that no lead comes to, and weights on categories that give nothing."""
    for stage in STAGES[1:]:
        if not model.buying_stages[stage]:
            yield ("buying_stages",), f"no condition leads to {stage}: its weights and points are never used"
    earning = {each.category for each in model.signals if max(each.points) > 0}
    if any(each.points > 0 for each in model.fit):
        earning.add(Category.FIT)
    for category in Category:
        weights = {stage: model.weights[stage][category] for stage in STAGES}
        if category not in earning and any(weights.values()):
            weighs = ", ".join(f"{weight} in {stage}" for stage, weight in weights.items() if weight)
            yield (
                ("categories", category.value),
                f"no criterion gives it points, and it weighs {weighs}: that part of the score is always 0",
            )


def unscored_signals(part: ModelPart) -> Iterator[Said]:
    """Signals that are said to be left out, and are not."""
    used = {signal for _, signal in used_signals(part)}
    for index, signal in enumerate(part.unscored):
        if signal in used:
            yield ("unscored", index), f"{signal} is read by this model: take it from this list"


def _no_trait(trait: str) -> str | None:
    stored = stored_as(trait)
    if stored != trait:
        return f"never holds: {trait} is stored as {stored}; write {stored}"
    near = difflib.get_close_matches(trait, TRAITS, n=1, cutoff=_SLIP) if trait not in TRAITS else []
    return f"{trait} is not a trait that Leadlight reads by itself; did you mean {near[0]}?" if near else None


def _never_given(catalogue: Catalogue) -> set[str]:
    given = {rule.signal for rule in catalogue.signals if not any(map(impossible, rule.when.values()))}
    return {rule.signal for rule in catalogue.signals} - given


def _signals(model: Model) -> Iterator[Said]:
    for index, criterion in enumerate(model.signals):
        window, decay = criterion.window, criterion.decay
        if not any(criterion.points):
            yield ("signals", index, "points"), "0 points: it never gives anything"
        if decay and decay.kind == "step" and window and decay.days >= window:
            text = f"step: {decay.days}d does nothing: the window of {window}d ends no later"
            yield ("signals", index, "decay"), text
