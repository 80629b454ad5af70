"""Values that would meet a condition: what a trait would have to be."""

import re
from collections.abc import Iterable, Iterator, Sequence

from leadlight.activity import Scalar
from leadlight.model.structs import FitCriterion
from leadlight.signals import Condition

_WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9 &@.,'_-]*[A-Za-z0-9]|[A-Za-z0-9]")
_CLASSES = re.compile(r"\\[bBdDwWsSAZ]|\[[^\]]*\]|\(\?[a-z:!=<]*|[\^$]")
_SEVERAL = 8


def examples(condition: Condition) -> tuple[Scalar, ...]:
    """Some values that meet a condition, none where no simple one is found."""
    found = [value for value in _candidates(condition) if condition.holds(value)]
    return tuple(dict.fromkeys(found[:_SEVERAL]))


def choices(criteria: Sequence[FitCriterion]) -> tuple[Scalar, ...]:
    """Values of one trait that are worth different points: one for each number of points."""
    by_worth: dict[int, Scalar] = {}
    for criterion in criteria:
        for value in examples(criterion.condition):
            by_worth.setdefault(worth(criteria, value), value)
    return tuple(by_worth.values())


def worth(criteria: Iterable[FitCriterion], value: Scalar | None) -> int:
    """The points, in thousandths, that a trait's criteria give to a value."""
    return sum(criterion.points for criterion in criteria if criterion.condition.holds(value))


def _candidates(condition: Condition) -> Iterator[Scalar]:
    yield from condition.any_of or ()
    if condition.at_least is not None:
        yield _plain(condition.at_least)
    if condition.at_most is not None:
        yield _plain(condition.at_most)
    if condition.matches is not None:
        for word in _WORDS.findall(_CLASSES.sub("|", condition.matches.replace("\\.", "."))):
            yield from (word, f".{word}", f"a.{word}", f"{word} a", f"a {word}")
    start, end = condition.starts_with or "", condition.ends_with or ""
    yield from (f"{start}{end}" or "yes", f"{start} a{end}", 1)


def _plain(number: float) -> Scalar:
    return int(number) if number == int(number) else number
