"""Fit: what the traits are worth. Each value of a trait is judged once, and remembered."""

from collections.abc import Mapping, Sequence
from functools import partial
from operator import getitem
from typing import NamedTuple

from leadlight.activity import Scalar
from leadlight.model.structs import Category, FitCriterion
from leadlight.scoring.buckets import Buckets
from leadlight.scoring.by_value import ByValue, Value, by_value
from leadlight.scoring.memo import Memo
from leadlight.scoring.packed import FIELD, SHARES
from leadlight.scoring.plan import Parts
from leadlight.scoring.score import Breakdown, Contribution
from leadlight.scoring.weighting import CATEGORIES, Weighting

PLACE = CATEGORIES.index(Category.FIT)
_SHIFT = FIELD * PLACE
_FEW = 3


class FitRule(NamedTuple):
    """A fit criterion at a buying stage."""

    id: str
    label: str
    category: Category
    weight: int

    def breakdown(self, points: int, basis: Buckets | Scalar | None, as_of: int) -> Breakdown:  # noqa: ARG002
        """The points as they are; a trait has one value, and no days."""
        return Breakdown(raw=points, evidence=None if isinstance(basis, tuple) else basis)


class Fit:
    """The fit criteria of a model, by trait in the model's order."""

    def __init__(self, criteria: Sequence[FitCriterion], weightings: Sequence[Weighting]) -> None:
        by_trait: dict[str, list[FitCriterion]] = {}
        for criterion in criteria:
            by_trait.setdefault(criterion.trait, []).append(criterion)
        self._traits = tuple(by_trait)
        self._wanted = frozenset(by_trait)
        self._missed = tuple(trait for trait, tests in by_trait.items() if _met(tests, None))
        self._order = {trait: place for place, trait in enumerate(by_trait)}
        asked = {trait: [test.condition for test in tests] for trait, tests in by_trait.items()}
        self._points = {trait: by_value(partial(_points, tests), asked[trait]) for trait, tests in by_trait.items()}
        self._all = tuple(self._points.values())
        self._parts = [
            {trait: ByValue(partial(_parts, tests, weighting), asked[trait]) for trait, tests in by_trait.items()}
            for weighting in weightings
        ]
        self._unknown = Memo[frozenset[str], tuple[str, ...]](
            lambda absent: tuple(criterion.id for criterion in criteria if criterion.trait in absent)
        )

    def points(self, traits: Mapping[str, Scalar]) -> int:
        """The points of all criteria that are met, packed."""
        if len(self._traits) <= _FEW * len(traits):
            return sum(map(getitem, self._all, map(traits.get, self._traits)))
        names = self._told_by(traits)
        return sum(map(getitem, map(self._points.__getitem__, names), map(traits.get, names)))

    def parts(self, traits: Mapping[str, Scalar], stage: int) -> list[Parts]:
        """The criteria that are met, each with its share in a buying stage, trait by trait."""
        names = self._told_by(traits)
        return [*map(getitem, map(self._parts[stage].__getitem__, names), map(traits.get, names))]

    def _told_by(self, traits: Mapping[str, Scalar]) -> Sequence[str]:
        """The traits to look at: all of a small model; of a large one those that say something of this lead."""
        if len(self._traits) <= _FEW * len(traits):
            return self._traits
        return sorted({*self._missed, *(self._points.keys() & traits.keys())}, key=self._order.__getitem__)

    def unknown(self, traits: Mapping[str, Scalar]) -> tuple[str, ...]:
        """The criteria whose trait is not known."""
        if self._wanted <= traits.keys():
            return ()
        return self._unknown[self._wanted.difference(traits)]


def _met(criteria: Sequence[FitCriterion], value: Value) -> list[FitCriterion]:
    return [criterion for criterion in criteria if criterion.condition.holds(value)]


def _points(criteria: Sequence[FitCriterion], value: Value) -> int:
    return sum(criterion.points for criterion in _met(criteria, value)) << _SHIFT


def _parts(criteria: Sequence[FitCriterion], weighting: Weighting, value: Value) -> Parts:
    parts = tuple(
        Contribution(
            FitRule(criterion.id, criterion.label, Category.FIT, weighting.weights[PLACE]),
            criterion.points,
            weighting.share(PLACE, criterion.points),
            "absent" if value is None else value,
        )
        for criterion in _met(criteria, value)
    )
    shares = sum(part.share for part in parts)
    return (sum(part.points for part in parts) << _SHIFT) + (shares << SHARES), parts
