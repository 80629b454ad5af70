"""EventBridge, in memory."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leadlight.events import Event
from leadlight.ports import Unavailable

if TYPE_CHECKING:  # the world is made of these
    from tests.simulation.world import World


class MemoryBus:
    """EventBridge: takes entries one by one; `undelivered` are for the nurture rule.

    What was put under an id is not put again, as by `EventBridgeBus`; nobody of ours forgets it.
    """

    ROUTED = ("Lead Scored", "Lead Stage Changed", "Lead Merged")

    def __init__(self, world: "World") -> None:
        self._world = world
        self.entries: list[Event] = []
        self._put: set[str] = set()
        self.undelivered: list[Event] = []

    def put(self, events: Sequence[Event]) -> None:
        refused = self._world.scheduler.random.random() < 0.02

        def put() -> None:
            for event in events[: len(events) // 2] if refused else events:
                if event.id in self._put:
                    continue
                if event.id:
                    self._put.add(event.id)
                self.entries.append(event)
                if event.detail_type in self.ROUTED and event not in self.undelivered:
                    self.undelivered.append(event)

        self._world.scheduler.call("put events", put)
        if refused:
            raise Unavailable("the bus refused some entries")
