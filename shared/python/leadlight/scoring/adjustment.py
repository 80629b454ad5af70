"""Contributions that no criterion gives: clamps, rounding, suppression."""

from typing import NamedTuple

from leadlight.activity import Scalar
from leadlight.model.structs import Category
from leadlight.scoring.buckets import Buckets
from leadlight.scoring.score import Breakdown


class Adjustment(NamedTuple):
    """A rule that changes a score as a whole, or a category."""

    id: str
    label: str
    category: Category | None = None
    weight: int = 0

    def breakdown(self, points: int, basis: Buckets | Scalar | None, as_of: int) -> Breakdown:  # noqa: ARG002
        """Nothing is taken; a suppression rests on a trait's value."""
        return Breakdown(evidence=None if isinstance(basis, tuple) else basis)


ROUNDING = Adjustment("rounding", "rounding")
