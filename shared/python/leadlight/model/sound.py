"""Whether published documents keep to the bounds of the language, so that no function breaks by them.

What people write was checked by the command line with better words; this is for what anybody may send. It imports
nothing that a function does not have.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from leadlight.lifecycle.transitions import STAGE_NAMES
from leadlight.model.structs import (
    LONGEST_HAND_OFF,
    LONGEST_NAME,
    LONGEST_WINDOW,
    MOST_CAP,
    MOST_COUNT,
    MOST_MODELS,
    MOST_POINTS,
    NAME,
    STAGES,
    Category,
    Documents,
    FitCriterion,
    Grade,
    LifecycleRule,
    Model,
    Segment,
    SignalCriterion,
    Suppression,
)
from leadlight.signals import Catalogue, Condition
from leadlight.signals.condition import no_pattern

PartT = TypeVar("PartT")
Fault = tuple[str, str]  # the field, and what to write there
_NAME = re.compile(NAME)
_SHOWN = 40  # characters of what was found
_GRADES: tuple[Grade, ...] = ("A", "B", "C")
_MINUTE = 60


def faults(documents: Documents) -> Iterator[Fault]:
    """What is out of bounds: each field as a path such as `models[0].signals[2].decay.days`, and the fix."""
    yield from _within("catalogue", _catalogue(documents.catalogue))
    if not 1 <= len(documents.models) <= MOST_MODELS:
        yield "models", f"give 1 to {MOST_MODELS} models, found {len(documents.models)}"
    for place, model in enumerate(documents.models):
        yield from _within(f"models[{place}]", _model(model))
    yield from _unique("models", [model.id for model in documents.models])
    if documents.models and documents.model.audience:
        yield "models", "every lead needs a model: the last one has no audience"


def _catalogue(catalogue: Catalogue) -> Iterator[Fault]:
    yield from _between("version", catalogue.version, 1, MOST_COUNT)
    for place, rule in enumerate(catalogue.signals):
        at = f"signals[{place}]"
        yield from _name(f"{at}.signal", rule.signal)
        yield from _name(f"{at}.activity", rule.activity)
        for name, condition in rule.when.items():
            yield from _condition(f"{at}.when.{_cut(name)}", condition)
    guard = catalogue.guard
    for field in ("clicks", "opens", "deliveries", "pages"):
        for place, name in enumerate(getattr(guard, field)):
            yield from _name(f"guard.{field}[{place}]", name)
    yield from _between("guard.scan_clicks", guard.scan_clicks, 2, MOST_COUNT)
    yield from _between("guard.scan_seconds", guard.scan_seconds, 1, _MINUTE)
    yield from _between("guard.machine_seconds", guard.machine_seconds, 1, _MINUTE)
    yield from _between("guard.per_minute", guard.per_minute, 1, MOST_COUNT)
    if not all(guard.crawlers):
        yield "guard.crawlers", "a word is empty: leave it out"


def _model(model: Model) -> Iterator[Fault]:
    yield from _name("id", model.id)
    yield from _between("version", model.version, 1, MOST_COUNT)
    yield from _weighed(model)
    yield from _grades(model.grades)
    for trait, condition in model.audience.items():
        yield from _condition(f"audience.{_cut(trait)}", condition)
    for stage, rules in model.buying_stages.items():
        for place, rule in enumerate(rules):
            at = f"buying_stages.{stage}[{place}]"
            yield from _name(f"{at}.signal", rule.signal)
            yield from _between(f"{at}.at_least", rule.at_least, 1, MOST_COUNT)
            yield from _between(f"{at}.days", rule.days, 1, LONGEST_WINDOW)
    yield from _each("suppress", model.suppress, _on_trait)
    yield from _each("fit", model.fit, _on_trait)
    yield from _each("signals", model.signals, _criterion)
    yield from _each("lifecycle", model.lifecycle, _lifecycle)
    yield from _each("segments", model.segments, _segment)
    for place, campaign in enumerate(model.campaigns):
        yield from _name(f"campaigns[{place}].id", campaign.id)
        yield from _within(f"campaigns[{place}].segment", _segment(campaign.segment))
    criteria: tuple[FitCriterion | Suppression | SignalCriterion, ...] = (*model.fit, *model.suppress, *model.signals)
    yield from _unique("signals", [each.id for each in criteria])
    yield from _unique("segments", [each.id for each in model.segments])
    yield from _unique("campaigns", [each.id for each in model.campaigns])
    yield from _between("accounts.next", model.accounts.next, 0, 100)
    yield from _between("announce_change", model.announce_change, 1, 100)
    yield from _between("engaged_within", model.engaged_within, 1, LONGEST_WINDOW)


def _weighed(model: Model) -> Iterator[Fault]:
    for category in Category:
        if category not in model.caps:
            yield f"caps.{category}", "is required"
        else:
            yield from _between(f"caps.{category}", model.caps[category], 1, MOST_CAP)
    for stage in STAGES:
        weights = model.weights.get(stage, {})
        for category in Category:
            if category not in weights:
                yield f"weights.{stage}.{category}", "is required"
            else:
                yield from _between(f"weights.{stage}.{category}", weights[category], 0, MOST_COUNT)
        if not any(weights.values()):
            yield f"weights.{stage}", "give at least one category a weight"


def _grades(grades: Mapping[Grade, int]) -> Iterator[Fault]:
    least = [grades.get(grade, -1) for grade in _GRADES]
    if len(grades) != len(_GRADES) or not 100 >= least[0] > least[1] > least[2] >= 0:  # noqa: PLR2004 - percent
        found = _cut(", ".join(f"{grade} {percent}" for grade, percent in grades.items()) or "none")
        yield "grades", f"write A, B and C in falling percent, such as 75, 50 and 25, found {found}"


def _on_trait(rule: FitCriterion | Suppression) -> Iterator[Fault]:
    yield from _name("id", rule.id)
    yield from _condition("condition", rule.condition)
    if isinstance(rule, FitCriterion):
        yield from _between("points", rule.points, -MOST_POINTS, MOST_POINTS)


def _criterion(criterion: SignalCriterion) -> Iterator[Fault]:
    yield from _name("id", criterion.id)
    yield from _name("signal", criterion.signal)
    if criterion.category is Category.FIT:
        yield "category", "fit points are for traits: write engagement, product_usage or behavior"
    for place, points in enumerate(criterion.points):
        yield from _between(f"points[{place}]", points, -MOST_POINTS, MOST_POINTS)
    if criterion.window is not None:
        yield from _between("window", criterion.window, 1, LONGEST_WINDOW)
    if criterion.limit:
        yield from _between("limit.count", criterion.limit.count, 1, MOST_COUNT)
        yield from _between("limit.days", criterion.limit.days, 1, LONGEST_WINDOW)
    if criterion.decay:
        yield from _between("decay.days", criterion.decay.days, 1, LONGEST_WINDOW)
    if criterion.cap is not None:
        yield from _between("cap", criterion.cap, 1, MOST_CAP)


def _lifecycle(rule: LifecycleRule) -> Iterator[Fault]:
    yield from _stages("enter", (rule.enter,))
    yield from _stages("source", rule.source)
    yield from _stages("falls_to", (rule.falls_to,))
    if not rule.source:
        yield "source", "give at least one stage"
    if (rule.score is None) == (rule.on is None):
        yield "score", "give either `score`, or `on`: accepted or rejected"
    yield from _between("score", rule.score or 0, 0, 100)
    if rule.falls_below is not None and not 0 <= rule.falls_below < (rule.score or 0):
        yield "falls_below", f"must be from 0 to below the score, {_cut(rule.score)}, found {_cut(rule.falls_below)}"
    yield from _between("dwell", rule.dwell, 0, LONGEST_WINDOW)
    yield from _between("cool_down", rule.cool_down, 0, LONGEST_WINDOW)
    if rule.hand_off_hours is not None:
        yield from _between("hand_off_hours", rule.hand_off_hours, 1, LONGEST_HAND_OFF)


def _segment(segment: Segment) -> Iterator[Fault]:
    yield from _name("id", segment.id)
    yield from _stages("stages", segment.stages)
    yield from _between("score_at_least", segment.score_at_least, 0, 100)
    yield from _between("score_below", segment.score_below, 1, 101)


def _condition(at: str, condition: Condition) -> Iterator[Fault]:
    if condition == Condition():
        yield at, f"give at least one test: {', '.join(Condition.__struct_fields__)}"
    if condition.matches is not None and (wrong := no_pattern(condition.matches)):
        yield f"{at}.matches", f"write a regular expression; found {_cut(condition.matches)}: {_cut(wrong)}"
    for field in ("any_of", "none_of"):
        if getattr(condition, field) == ():
            yield f"{at}.{field}", "give at least one value"


def _name(at: str, name: str) -> Iterator[Fault]:
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        rule = f"at most {LONGEST_NAME} lower-case letters, digits, _ and -, the first a letter"
        yield at, f"write a name of {rule}, found {_cut(name)}"


def _stages(at: str, stages: Iterable[str]) -> Iterator[Fault]:
    for stage in stages:
        if stage not in STAGE_NAMES:
            yield at, f"write one of {', '.join(STAGE_NAMES)}, found {_cut(stage)}"


def _between(at: str, number: int, least: int, most: int) -> Iterator[Fault]:
    if not least <= number <= most:
        yield at, f"write a whole number from {least} to {most}, found {_cut(number)}"


def _unique(at: str, names: Iterable[str]) -> Iterator[Fault]:
    name, times = next(iter(Counter(names).most_common(1)), ("", 0))
    if times > 1:
        yield at, f"everyone needs an id of its own, found {_cut(name)} {times} times"


def _each(section: str, parts: Iterable[PartT], check: Callable[[PartT], Iterator[Fault]]) -> Iterator[Fault]:
    for place, part in enumerate(parts):
        yield from _within(f"{section}[{place}]", check(part))


def _within(place: str, found: Iterable[Fault]) -> Iterator[Fault]:
    return ((f"{place}.{field}", fix) for field, fix in found)


def _cut(found: object) -> str:
    text = str(found)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
