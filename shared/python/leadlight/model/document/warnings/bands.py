"""Bands of one trait that overlap, so that a value counts twice."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import inf
from typing import NamedTuple

from leadlight.model.document.checks import Said
from leadlight.model.document.warnings.most import shown
from leadlight.model.structs import FitCriterion, Model


class _Band(NamedTuple):
    place: int
    criterion: FitCriterion
    low: float
    high: float


def overlapping_bands(model: Model) -> Iterator[Said]:
    """Each pair of numeric bands on one trait that have values in common, with what these come to."""
    for one, other in combinations(_bands(model.fit), 2):
        low, high = max(one.low, other.low), min(one.high, other.high)
        if one.criterion.trait == other.criterion.trait and low <= high:
            first, second = one.criterion.points, other.criterion.points
            sign = "+" if second >= 0 else "-"
            total = f"{shown(first)} {sign} {shown(abs(second))} = {shown(first + second)}"
            both = f"{_words(low, high)} gets both, {total} points"
            yield (
                ("fit", other.place, "when"),
                f"{_words(other.low, other.high)} overlaps {one.criterion.id} ({_words(one.low, one.high)}): {both}",
            )


def _bands(criteria: Sequence[FitCriterion]) -> Iterator[_Band]:
    for index, criterion in enumerate(criteria):
        test = criterion.condition
        others = (test.any_of, test.none_of, test.matches, test.starts_with, test.ends_with)
        if (test.at_least is not None or test.at_most is not None) and all(other is None for other in others):
            low = -inf if test.at_least is None else test.at_least
            high = inf if test.at_most is None else test.at_most
            if low <= high:
                yield _Band(index, criterion, low, high)


def _words(low: float, high: float) -> str:
    if low == high:
        return f"{low:.15g}"
    if high == inf:
        return f"{low:.15g} or more" if low != -inf else "everything"
    return f"{high:.15g} or less" if low == -inf else f"{low:.15g} to {high:.15g}"
