"""What a score is made of. Points and shares are integers in thousandths; people see them divided by 1,000."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from leadlight.activity import Scalar
from leadlight.model.structs import BuyingStage, Category, Grade


class Totals(NamedTuple):
    """A score without its explanation."""

    score: int
    grade: Grade
    buying_stage: BuyingStage


class Contribution(msgspec.Struct, frozen=True, gc=False):
    """One criterion's share of a score.

    `raw` is what the occurrences in the window would give; the limit, decay and the cap took `limited`,
    `decayed` and `capped` of it; `points` are left, and become `share` of the score by the category's `weight`.
    `evidence` is what it rests on: (date, count) newest first, or the trait's value. Clamps and rounding
    are contributions too: they have no evidence.
    """

    criterion: str
    label: str
    category: Category | None
    points: int
    share: int
    weight: int = 0
    raw: int = 0
    limited: int = 0
    decayed: int = 0
    capped: int = 0
    evidence: Mapping[str, int] | Scalar | None = None


class Score(msgspec.Struct, frozen=True):
    """A lead's score at a day, with every reason. The shares add up to `score` times 1,000 exactly."""

    totals: Totals
    sums: tuple[int, ...]  # by category, in the order of Category
    contributions: tuple[Contribution, ...]
    unknown: tuple[str, ...]

    @property
    def categories(self) -> Mapping[Category, int]:
        """The points of each category, after its clamp."""
        return dict(zip(Category, self.sums, strict=True))

    @property
    def reasons(self) -> list[Contribution]:
        """The criteria that moved the score, largest share first."""
        moved = (part for part in self.contributions if part.evidence is not None and part.share)
        return sorted(moved, key=lambda part: (-abs(part.share), part.criterion))
