"""The records table in memory: decision records, spend, what sweeps counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from leadlight.lifecycle.decision import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from leadlight.kpi import DayMeasures, Engagement, Spend
    from tests.simulation.scheduler import Scheduler


class MemoryRecords:
    """The records table. Nothing is rolled up in the simulation."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.stored: dict[str, bytes] = {}
        self.spent: dict[str, Spend] = {}
        self.counted: dict[str, Engagement] = {}

    def put_decisions(self, decisions: Sequence[Decision]) -> None:
        def put() -> None:
            self.stored.update((decision.id, msgspec.json.encode(decision)) for decision in decisions)

        self._scheduler.call("put decisions", put)

    def decisions(self, lead_id: str) -> list[Decision]:
        def query() -> list[Decision]:
            found = [raw for name, raw in self.stored.items() if name.startswith(f"{lead_id}#")]
            return [msgspec.json.decode(raw, type=Decision) for raw in found]

        return self._scheduler.call("query decisions", query)

    def drop_decisions(self, decisions: Sequence[Decision]) -> None:
        def drop() -> None:
            for decision in decisions:
                self.stored.pop(decision.id, None)

        self._scheduler.call("drop decisions", drop)

    def put_measures(self, days: Iterable[DayMeasures], *, as_of: datetime) -> int:
        raise NotImplementedError("nothing is rolled up in the simulation")

    def measures(self) -> tuple[list[DayMeasures], datetime | None]:
        return [], None  # nothing is rolled up in the simulation

    def put_spend(self, lines: Sequence[Spend]) -> None:
        self.spent.update((line.key, line) for line in lines)

    def spend(self) -> list[Spend]:
        return [self.spent[key] for key in sorted(self.spent)]

    def put_engagement(self, counted: Engagement) -> None:
        self._scheduler.call("put engagement", lambda: self.counted.update({counted.day: counted}))

    def engagement(self) -> list[Engagement]:
        return [self.counted[day] for day in sorted(self.counted)]
