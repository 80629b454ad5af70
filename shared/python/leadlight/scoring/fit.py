"""Fit: what the traits are worth. Each value of a trait is judged once, and remembered."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from operator import getitem
from typing import TypeVar

from leadlight.activity import Scalar
from leadlight.model.structs import Category, FitCriterion
from leadlight.scoring.memo import Memo
from leadlight.scoring.score import Contribution
from leadlight.scoring.weighting import CATEGORIES, Weighting

Value = Scalar | None
ResultT = TypeVar("ResultT")
PLACE = CATEGORIES.index(Category.FIT)


class Fit:
    """The fit criteria of a model, by trait in the model's order."""

    def __init__(self, criteria: Sequence[FitCriterion], weightings: Sequence[Weighting]) -> None:
        by_trait: dict[str, list[FitCriterion]] = {}
        for criterion in criteria:
            by_trait.setdefault(criterion.trait, []).append(criterion)
        self._traits = tuple(by_trait)
        self._wanted = frozenset(by_trait)
        self._points = [_ByValue(partial(_points, tests)) for tests in by_trait.values()]
        self._parts = [
            [_ByValue(partial(_parts, tests, weighting)) for tests in by_trait.values()] for weighting in weightings
        ]
        self._unknown = Memo[frozenset[str], tuple[str, ...]](
            lambda absent: tuple(criterion.id for criterion in criteria if criterion.trait in absent)
        )

    def points(self, traits: Mapping[str, Scalar]) -> int:
        """The points of all criteria that are met."""
        return sum(map(getitem, self._points, map(traits.get, self._traits)))

    def parts(self, traits: Mapping[str, Scalar], stage: int) -> list[Contribution]:
        """The criteria that are met, each with its share in a buying stage."""
        return [*chain.from_iterable(map(getitem, self._parts[stage], map(traits.get, self._traits)))]

    def unknown(self, traits: Mapping[str, Scalar]) -> tuple[str, ...]:
        """The criteria whose trait is not known."""
        return self._unknown[self._wanted.difference(traits)]


class _ByValue(Memo[Value, ResultT]):
    """A memo by a trait's value. 1, 1.0 and True are one key to a dict, so each type has a memo of its own."""

    __slots__ = ("_numbers",)

    def __init__(self, function: Callable[[Value], ResultT]) -> None:
        super().__init__(function)
        self._numbers = Memo[int, ResultT](function)

    def __missing__(self, value: Value) -> ResultT:
        if type(value) is int:
            return self._numbers[value]
        if value is None or type(value) is str:
            return super().__missing__(value)
        return self._function(value)  # a float or a boolean, both rare


def _met(criteria: Sequence[FitCriterion], value: Value) -> list[FitCriterion]:
    return [criterion for criterion in criteria if criterion.condition.holds(value)]


def _points(criteria: Sequence[FitCriterion], value: Value) -> int:
    return sum(criterion.points for criterion in _met(criteria, value))


def _parts(criteria: Sequence[FitCriterion], weighting: Weighting, value: Value) -> tuple[Contribution, ...]:
    return tuple(
        Contribution(
            criterion=criterion.id,
            label=criterion.label,
            category=Category.FIT,
            points=criterion.points,
            share=weighting.share(PLACE, criterion.points),
            weight=weighting.weights[PLACE],
            raw=criterion.points,
            evidence="absent" if value is None else value,
        )
        for criterion in _met(criteria, value)
    )
