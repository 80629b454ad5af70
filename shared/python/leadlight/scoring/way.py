"""A way to a threshold: what would have to happen, and what it would come to."""

from collections.abc import Mapping
from typing import NamedTuple

from leadlight.activity import Scalar
from leadlight.model.structs import Model
from leadlight.scoring.score import Score, Totals


class Step(NamedTuple):
    """More of a signal on the day; or a trait with another value, `value` being one that would do.

    `known` is what the trait is now: None where nobody knows it, which is easier to mend than a wrong value.
    `criteria` are the labels of the criteria that it moves.
    """

    name: str
    times: int = 1
    value: Scalar | None = None
    known: Scalar | None = None
    criteria: tuple[str, ...] = ()

    @property
    def is_trait(self) -> bool:
        """Whether it is about a trait and not a signal."""
        return self.value is not None

    @property
    def words(self) -> str:
        """The step as one would say it."""
        about = f" ({', '.join(self.criteria)})" if self.criteria else ""
        if not self.is_trait:
            return f"{self.times} more {self.name}{about}"
        if self.known is None:
            return f"{self.name} known to be {self.value}{about}"
        return f"{self.name} {self.value} instead of {self.known}{about}"


class Way(NamedTuple):
    """Steps that together reach the target: the totals are those of a lead that took them.

    `gains` are the points of the score that each criterion (or clamp, or rounding) gives more than before, by its
    label: they add up to the difference of the scores.
    """

    steps: tuple[Step, ...]
    totals: Totals
    gains: Mapping[str, int]  # in thousandths

    @property
    def cost(self) -> int:
        """How many things have to happen: each occurrence is one, each trait is one."""
        return sum(step.times for step in self.steps)

    @property
    def words(self) -> str:
        """The way as one would say it."""
        return ", ".join(step.words for step in self.steps)


class MovedCriteria(NamedTuple):
    """The labels of criteria that give other points than before, by their trait or signal."""

    traits: Mapping[str, tuple[str, ...]]
    signals: Mapping[str, tuple[str, ...]]


def moved_criteria(model: Model, before: Score, after: Score) -> MovedCriteria:
    """Which criteria differ between two scores."""
    points = [{part.criterion: part.points for part in score.contributions} for score in (before, after)]
    traits: dict[str, tuple[str, ...]] = {}
    signals: dict[str, tuple[str, ...]] = {}
    for fit in model.fit:
        if points[0].get(fit.id) != points[1].get(fit.id):
            traits[fit.trait] = (*traits.get(fit.trait, ()), fit.label)
    for criterion in model.signals:
        if points[0].get(criterion.id) != points[1].get(criterion.id):
            signals[criterion.signal] = (*signals.get(criterion.signal, ()), criterion.label)
    return MovedCriteria(traits, signals)


def gains(before: Score, after: Score) -> Mapping[str, int]:
    """What each contribution's share grew or shrank by, in thousandths, by its label."""
    found: dict[str, int] = {}
    for score, sign in ((after, 1), (before, -1)):
        for part in score.contributions:
            found[part.label] = found.get(part.label, 0) + sign * part.share
    return {label: share for label, share in found.items() if share}
