"""A figure, and the days that it rests on."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from leadlight.kpi.measures import DayMeasures


class Kpi(msgspec.Struct, frozen=True, kw_only=True):
    """One figure with all that it rests on.

    `value` is None where the KPI is undefined, and `reason` says why. `n` is how many leads or deals it counts,
    `note` what a reader has to know (immature cohorts, deals out of order).
    """

    kpi: str
    title: str
    kind: Literal["leading", "trailing"]
    unit: str
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    n: int = 0
    window: str = ""
    model: str = ""
    reason: str = ""
    note: str = ""


NO_LEVELS: Mapping[str, int] = {}


class Window:
    """Day measures added up. `levels` are those of the newest day that has any, with that day."""

    def __init__(self, days: Iterable[DayMeasures]) -> None:
        self.days = list(days)
        self.counts: Counter[str] = Counter()
        self.amounts: Counter[str] = Counter()
        self.spend: Counter[str] = Counter()
        for day in self.days:
            self.counts.update(day.counts)
            self.amounts.update(day.amounts)
            self.spend.update(day.spend)
        self.levels = next(((day.day, day.levels) for day in reversed(self.days) if day.levels), ("", NO_LEVELS))
        self.text = f"{self.days[0].day}..{self.days[-1].day}" if self.days else "no days"

    def lags(self, name: str, *, where: Callable[[DayMeasures], bool] = lambda _: True) -> Counter[int]:
        """A histogram of whole days, over the days that qualify."""
        total: Counter[int] = Counter()
        for day in filter(where, self.days):
            total.update(day.lags.get(name, {}))
        return total
