"""What a score is made of. Points and shares are integers in thousandths; people see them divided by 1,000."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import msgspec

from leadlight.activity import Scalar
from leadlight.model.structs import BuyingStage, Category, Grade
from leadlight.scoring.buckets import Buckets

Evidence = Mapping[str, int] | Scalar | None


class Totals(NamedTuple):
    """A score without its explanation. `suppressed`: the lead is nobody to sell to, and so its score is 0."""

    score: int
    grade: Grade
    buying_stage: BuyingStage
    suppressed: bool = False


class Breakdown(NamedTuple):
    """How points came about: what the occurrences in the window would give, and what was taken from that."""

    raw: int = 0
    limited: int = 0
    decayed: int = 0
    capped: int = 0
    evidence: Evidence = None


class Rule(Protocol):
    """What gives a contribution."""

    @property
    def id(self) -> str:
        """The criterion's name."""

    @property
    def label(self) -> str:
        """What people call it."""

    @property
    def category(self) -> Category | None:
        """Where its points count."""

    @property
    def weight(self) -> int:
        """The weight of the category at the lead's buying stage."""

    def breakdown(self, points: int, basis: Buckets | Scalar | None, as_of: int) -> Breakdown:
        """How points came about."""


class Asked(Protocol):
    """The fit criteria of a model."""

    def unknown(self, traits: Mapping[str, Scalar]) -> tuple[str, ...]:
        """Those whose trait is not known."""


class Contribution(msgspec.Struct, frozen=True, gc=False):
    """One criterion's share of a score.

    `points` become `share` of the score by the category's weight. `basis` is what they rest on: a signal's buckets
    or a trait's value. The breakdown is worked out of it when somebody reads it.
    """

    rule: Rule
    points: int
    share: int
    basis: Buckets | Scalar | None = None
    as_of: int = 0

    @property
    def criterion(self) -> str:
        """The criterion's name."""
        return self.rule.id

    @property
    def label(self) -> str:
        """What people call the criterion."""
        return self.rule.label

    @property
    def category(self) -> Category | None:
        """Where the points count; None for what is about the whole score."""
        return self.rule.category

    @property
    def weight(self) -> int:
        """The weight of the category at the lead's buying stage."""
        return self.rule.weight

    @property
    def raw(self) -> int:
        """What the occurrences in the window would give, without limit, decay and cap."""
        return self._breakdown.raw

    @property
    def limited(self) -> int:
        """What the limit took."""
        return self._breakdown.limited

    @property
    def decayed(self) -> int:
        """What decay took."""
        return self._breakdown.decayed

    @property
    def capped(self) -> int:
        """What the cap took."""
        return self._breakdown.capped

    @property
    def evidence(self) -> Evidence:
        """What it rests on: counts by date, newest first, or the trait's value. Clamps and rounding have none."""
        return self._breakdown.evidence

    @property
    def _breakdown(self) -> Breakdown:
        return self.rule.breakdown(self.points, self.basis, self.as_of)


class Score(msgspec.Struct, frozen=True):
    """A lead's score at a day, with every reason. The shares add up to `score` times 1,000 exactly."""

    totals: Totals
    sums: tuple[int, ...]  # by category, in the order of Category
    contributions: tuple[Contribution, ...]
    traits: Mapping[str, Scalar]
    asked: Asked

    @property
    def unknown(self) -> tuple[str, ...]:
        """The fit criteria whose trait is not known."""
        return self.asked.unknown(self.traits)

    @property
    def categories(self) -> Mapping[Category, int]:
        """The points of each category, after its clamp."""
        return dict(zip(Category, self.sums, strict=True))

    @property
    def reasons(self) -> list[Contribution]:
        """The criteria that moved the score, largest share first."""
        moved = (part for part in self.contributions if part.basis is not None and part.share)
        return sorted(moved, key=lambda part: (-abs(part.share), part.criterion))
