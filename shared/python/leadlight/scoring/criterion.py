"""One signal criterion: window, then limit, then decay by age in whole days, then sum, then cap."""

from collections.abc import Mapping
from dataclasses import dataclass

from leadlight.activity.order_key import day_text
from leadlight.model.structs import SignalCriterion
from leadlight.scoring.decay import WHOLE, half_even, table
from leadlight.scoring.score import Contribution

LONGEST_WINDOW = 392


@dataclass(frozen=True, slots=True)
class SignalScorer:
    """A signal criterion made ready: its window and what is left of a point at each age."""

    criterion: SignalCriterion
    window: int
    left: tuple[int, ...]

    @classmethod
    def of(cls, criterion: SignalCriterion) -> "SignalScorer":
        """Makes a criterion ready; one without a window has the longest."""
        window = criterion.window or LONGEST_WINDOW
        return cls(criterion, window, table(criterion.decay, window))

    def points(self, days: Mapping[int, int], as_of: int, stage: int) -> int:
        """The points, in thousandths, of counts by day number."""
        left, oldest = self.left, as_of - self.window
        kept = self._kept(days, as_of) if self.criterion.limit else days
        decayed = sum(count * left[as_of - day] for day, count in kept.items() if oldest < day <= as_of)
        return self._capped(half_even(decayed * self.criterion.points[stage], WHOLE))

    def explain(self, days: Mapping[int, int], as_of: int, stage: int) -> Contribution | None:
        """The points with how they came about; None where nothing lies in the window."""
        inside = {day: count for day, count in days.items() if as_of - self.window < day <= as_of}
        if not inside:
            return None
        each = self.criterion.points[stage]
        kept = self._kept(inside, as_of) if self.criterion.limit else inside
        raw = sum(inside.values()) * each
        limited = sum(kept.values()) * each
        decayed = half_even(sum(n * self.left[as_of - day] for day, n in kept.items()) * each, WHOLE)
        capped = self._capped(decayed)
        return Contribution(
            criterion=self.criterion.id,
            label=self.criterion.label,
            category=self.criterion.category,
            points=capped,
            share=0,
            raw=raw,
            limited=raw - limited,
            decayed=limited - decayed,
            capped=decayed - capped,
            evidence={day_text(day): inside[day] for day in sorted(inside, reverse=True)},
        )

    def _kept(self, days: Mapping[int, int], as_of: int) -> dict[int, int]:
        """What the limit leaves: the newest of each block. Blocks are aligned to day 0, not to `as_of`."""
        limit = self.criterion.limit
        if limit is None:
            return dict(days)
        oldest = as_of - self.window
        if limit.days == 1:
            return {day: min(n, limit.count) for day, n in days.items() if oldest < day <= as_of}
        room: dict[int, int] = {}
        kept: dict[int, int] = {}
        for day in sorted((day for day in days if oldest < day <= as_of), reverse=True):
            block = day // limit.days
            taken = min(days[day], room.get(block, limit.count))
            room[block] = room.get(block, limit.count) - taken
            if taken:
                kept[day] = taken
        return kept

    def _capped(self, points: int) -> int:
        cap = self.criterion.cap
        return points if cap is None else max(-cap, min(cap, points))
