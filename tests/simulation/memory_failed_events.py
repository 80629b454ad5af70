"""The bucket of failed events, and of the batches that a stream gave up, in memory."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from leadlight.failed import FailedEvent, Kept

if TYPE_CHECKING:  # the world is made of these
    from tests.simulation.world import World


class MemoryFailedEvents:
    """Failed events by what makes them the same one on a day; and the batches that a stream gave up, by their place."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.kept_by_id: dict[str, tuple[Kept, bytes]] = {}
        self.given_up: dict[str, bytes] = {}

    @property
    def all(self) -> dict[tuple[str, bytes], FailedEvent]:
        """Every failed event, by its source and its bytes."""
        return {
            (kept.source, raw): FailedEvent(kept.source, kept.reason, kept.received_at, raw)
            for kept, raw in self.kept_by_id.values()
        }

    def keep(self, event: FailedEvent) -> str:
        kept = Kept.of(event, hashlib.sha256(event.source.encode() + event.raw).hexdigest()[:26])

        def put() -> None:
            held = self.kept_by_id.get(kept.id)
            first = held[0].received_at if held else kept.received_at
            self.kept_by_id[kept.id] = kept._replace(received_at=first), event.raw

        self._world.scheduler.call("keep failed event", put)
        return kept.id

    def kept(self, day: str, *, after: str, limit: int) -> list[Kept]:
        def query() -> list[Kept]:
            found = sorted(kept_id for kept_id in self.kept_by_id if kept_id.startswith(f"{day}.") and kept_id > after)
            return [self.kept_by_id[kept_id][0] for kept_id in found[:limit]]

        return self._world.scheduler.call("query failed events", query)

    def find(self, failed_id: str) -> Kept | None:
        found = self._world.scheduler.call("get failed event", lambda: self.kept_by_id.get(failed_id))
        return found[0] if found else None

    def settle(self, kept: Kept) -> None:
        def put() -> None:
            if kept.id in self.kept_by_id:
                self.kept_by_id[kept.id] = kept, self.kept_by_id[kept.id][1]

        self._world.scheduler.call("settle failed event", put)

    def places(self, *, after: str, limit: int) -> list[str]:
        return sorted(place for place in [*self._ids(), *self.given_up] if place > after)[:limit]

    def bodies(self, places: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        bodies = {place: self.kept_by_id[kept_id][1] for place, kept_id in self._ids().items()} | self.given_up
        return ((place, bodies[place]) for place in places if place in bodies)

    def reason(self, place: str) -> str:
        return self.kept_by_id[self._ids()[place]][0].reason if place in self._ids() else ""

    def cut(self, place: str, raw: bytes | None, *, reason: str = "") -> None:
        def cut() -> None:
            kept_id = self._ids().get(place)
            if raw is None:
                self.given_up.pop(place, None)
                self.kept_by_id.pop(kept_id or "", None)
            elif kept_id:
                self.kept_by_id[kept_id] = self.kept_by_id[kept_id][0]._replace(reason=reason), raw
            else:
                self.given_up[place] = raw

        self._world.scheduler.call("cut failed event", cut)

    def _ids(self) -> dict[str, str]:
        return {kept.place: kept_id for kept_id, (kept, _) in self.kept_by_id.items()}
