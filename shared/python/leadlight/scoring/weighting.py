from math import lcm
from typing import NamedTuple

from leadlight.model.structs import STAGES, Category, Model
from leadlight.scoring.decay import half_even

CATEGORIES = tuple(Category)  # sums are lists in this order: to hash a category costs more than a whole criterion


class Weighting(NamedTuple):
    """What points come to in a buying stage: points times a category's factor, divided by `whole`, is score."""

    weights: tuple[int, ...]
    factors: tuple[int, ...]
    whole: int

    def share(self, place: int, points: int) -> int:
        """The share of the score, in thousandths, that points of the category at `place` give."""
        return half_even(points * self.factors[place] * 1000, self.whole)


def weightings(model: Model) -> tuple[Weighting, ...]:
    """The weighting of each buying stage, in whole numbers over the caps' common multiple."""
    common = lcm(*model.caps.values())
    each = [100 * (common // model.caps[category]) for category in CATEGORIES]
    rows = [tuple(model.weights[stage][category] for category in CATEGORIES) for stage in STAGES]
    return tuple(
        Weighting(row, tuple(weight * factor for weight, factor in zip(row, each, strict=True)), common * sum(row))
        for row in rows
    )
