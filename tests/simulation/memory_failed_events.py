"""The bucket of failed events, in memory."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from leadlight.ports import FailedEvent

if TYPE_CHECKING:  # the world is made of these
    from tests.simulation.world import World


class MemoryFailedEvents:
    """Failed events by what makes them the same one."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.kept: dict[tuple[str, bytes], FailedEvent] = {}

    def keep(self, event: FailedEvent) -> str:
        def put() -> None:
            self.kept[(event.source, event.raw)] = event

        self._world.scheduler.call("keep failed event", put)
        return event.source

    def places(self, *, after: str, limit: int) -> list[str]:
        return sorted(place for place in self._by_place() if place > after)[:limit]

    def bodies(self, places: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        return ((place, event.raw) for place, event in self._by_place().items() if place in places)

    def reason(self, place: str) -> str:
        return self._by_place()[place].reason

    def cut(self, place: str, raw: bytes | None, *, reason: str = "") -> None:
        def cut() -> None:
            event = self._by_place().get(place)
            if event:
                del self.kept[event.source, event.raw]
            if event and raw is not None:
                self.kept[event.source, raw] = event._replace(raw=raw, reason=reason)

        self._world.scheduler.call("cut failed event", cut)

    def _by_place(self) -> dict[str, FailedEvent]:
        return {f"failed/{event.source}/{hashlib.sha256(event.raw).hexdigest()}": event for event in self.kept.values()}
