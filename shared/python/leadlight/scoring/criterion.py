"""One signal criterion: window, then limit, then decay by age in whole days, then sum, then cap."""

import sys
from collections.abc import Iterator
from typing import NamedTuple

from leadlight.activity import Scalar
from leadlight.activity.order_key import day_text
from leadlight.model.structs import LONGEST_WINDOW, Category, Limit, SignalCriterion
from leadlight.scoring.buckets import Buckets, bucket_of, unpack
from leadlight.scoring.decay import WHOLE, half_even, table
from leadlight.scoring.memo import Memo
from leadlight.scoring.score import Breakdown
from leadlight.scoring.weighting import CATEGORIES, Weighting

BOUNDLESS = sys.maxsize  # no limit, no cap
_dates = Memo[int, str](day_text)


class SignalScorer(NamedTuple):
    """A signal criterion made ready for a buying stage.

    `left` is what is left of a point at each age in the window. At most `most` occurrences count in a block of
    `span` days; each gives `each` points. `doubled` over `twice` makes points shares,
    rounded by adding `whole`, which is half of it.
    """

    id: str
    label: str
    category: Category
    place: int
    left: tuple[int, ...]
    most: int
    span: int
    each: int
    cap: int
    weight: int
    doubled: int
    whole: int
    twice: int

    @classmethod
    def of(cls, criterion: SignalCriterion, stage: int, weighting: Weighting) -> "SignalScorer":
        """Makes a criterion ready; one without a window has the longest."""
        limit = criterion.limit or Limit(BOUNDLESS, 1)
        place = CATEGORIES.index(criterion.category)
        return cls(
            id=criterion.id,
            label=criterion.label,
            category=criterion.category,
            place=place,
            left=table(criterion.decay, criterion.window or LONGEST_WINDOW),
            most=limit.count,
            span=limit.days,
            each=criterion.points[stage],
            cap=BOUNDLESS if criterion.cap is None else criterion.cap,
            weight=weighting.weights[place],
            doubled=weighting.factors[place] * 1000 * 2,
            whole=weighting.whole,
            twice=weighting.whole * 2,
        )

    def of_day(self, bucket: int, as_of: int) -> tuple[int, int, int]:
        """A bucket's block, its count, and what is left of each occurrence's points; outside of the window count 0."""
        day, count = bucket_of(bucket)
        age = as_of - day
        return (day // self.span, count, self.left[age] * self.each) if 0 <= age < len(self.left) else (day, 0, 0)

    def covers(self, buckets: Buckets, as_of: int) -> bool:
        """Whether anything lies in the window."""
        window = len(self.left)
        return any(0 <= as_of - bucket_of(bucket)[0] < window for bucket in buckets)

    def points(self, buckets: Buckets, as_of: int) -> int:
        """The points, in thousandths."""
        points = half_even(self.weighed(buckets, as_of) * self.each, WHOLE)
        return max(-self.cap, min(self.cap, points))

    def share(self, points: int) -> int:
        """The share of the score, in thousandths, that points give."""
        return half_even(points * self.doubled, self.twice)

    def weighed(self, buckets: Buckets, as_of: int) -> int:
        """The occurrences that count, each by what its age leaves of it, in millionths."""
        return sum(taken * self.left[as_of - day] for day, _, taken in self._inside(buckets, as_of))

    def breakdown(self, points: int, basis: Buckets | Scalar | None, as_of: int) -> Breakdown:
        """How points came about."""
        buckets = basis if isinstance(basis, tuple) else ()
        inside = list(self._inside(buckets, as_of))
        raw = sum(count for _, count, _ in inside) * self.each
        limited = sum(taken for _, _, taken in inside) * self.each
        decayed = half_even(self.weighed(buckets, as_of) * self.each, WHOLE)
        evidence = {_dates[day]: count for day, count, _ in inside}
        return Breakdown(raw, raw - limited, limited - decayed, decayed - points, evidence)

    def _inside(self, buckets: Buckets, as_of: int) -> Iterator[tuple[int, int, int]]:
        """Day, count, and how many of them the limit lets through: the newest of a block, which is aligned to day 0."""
        block, room = None, 0
        for day, count in reversed(unpack(buckets).items()):
            if 0 <= as_of - day < len(self.left):
                if day // self.span != block:
                    block, room = day // self.span, self.most
                taken = min(count, room)
                room -= taken
                yield day, count, taken
