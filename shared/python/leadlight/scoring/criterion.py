"""One signal criterion: window, then limit, then decay by age in whole days, then sum, then cap."""

import sys
from collections.abc import Mapping
from typing import NamedTuple

from leadlight.activity.order_key import day_text
from leadlight.model.structs import Category, Limit, SignalCriterion
from leadlight.scoring.decay import WHOLE, half_even, table
from leadlight.scoring.memo import Memo
from leadlight.scoring.score import Contribution
from leadlight.scoring.weighting import CATEGORIES, Weighting

LONGEST_WINDOW = 392
BOUNDLESS = sys.maxsize  # no limit, no cap
_dates = Memo[int, str](day_text)


class SignalScorer(NamedTuple):
    """A signal criterion made ready for a buying stage.

    `left` is what is left of a point at each age in the window. At most `most` occurrences count in a block of
    `span` days; each gives `each` points. `factor` over `whole` makes points shares.
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
    factor: int
    whole: int

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
            factor=weighting.factors[place] * 1000,
            whole=weighting.whole,
        )

    def points(self, days: Mapping[int, int], as_of: int) -> int:
        """The points, in thousandths, of counts by day number: those of `explain`, in half its time."""
        left, most, span = self.left, self.most, self.span
        window, block, room, weighed = len(left), as_of, most, 0
        for day in sorted(days, reverse=True):
            age = as_of - day
            if 0 <= age < window:
                if day // span != block:
                    block, room = day // span, most
                if room:
                    taken = min(days[day], room)
                    room -= taken
                    weighed += taken * left[age]
        return self._capped(half_even(weighed * self.each, WHOLE))

    def explain(self, days: Mapping[int, int], as_of: int) -> Contribution | None:
        """The points with how they came about; None where nothing lies in the window."""
        name, label, category, _, left, most, span, each, _, weight, factor, whole = self
        window, block, room = len(left), as_of, most
        inside = kept = weighed = 0
        evidence: dict[str, int] = {}
        for day in sorted(days, reverse=True):  # the newest of a block are kept
            age = as_of - day
            if 0 <= age < window:
                count = days[day]
                evidence[_dates[day]] = count
                inside += count
                if day // span != block:  # blocks are aligned to day 0, not to `as_of`
                    block, room = day // span, most
                taken = count if count < room else room  # noqa: FURB136 - a call takes longer
                room -= taken
                kept += taken
                weighed += taken * left[age]
        if not evidence:
            return None
        raw, limited, decayed = inside * each, kept * each, half_even(weighed * each, WHOLE)
        points = self._capped(decayed)
        return Contribution(
            name,
            label,
            category,
            points,
            half_even(points * factor, whole),
            weight,
            raw,
            raw - limited,
            limited - decayed,
            decayed - points,
            evidence,
        )

    def _capped(self, points: int) -> int:
        return points if -self.cap <= points <= self.cap else max(-self.cap, min(self.cap, points))
