"""The dead-letter queues, in memory."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leadlight.failed import Letter

if TYPE_CHECKING:  # the world is made of these
    from tests.simulation.world import World


class MemoryLetters:
    """The dead-letter queues. What was received is not seen again until the test says so."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.waiting: dict[str, list[str]] = {"nurture": [], "rollup": [], "sweep": []}
        self.seen: dict[str, list[str]] = {"nurture": [], "rollup": [], "sweep": []}

    def receive(self, consumer: str) -> list[Letter]:
        def receive() -> list[Letter]:
            some, self.waiting[consumer] = self.waiting[consumer][:10], self.waiting[consumer][10:]
            self.seen[consumer] += some
            return [Letter(body, body) for body in some]

        return self._world.scheduler.call("receive letters", receive)

    def done(self, consumer: str, letters: Sequence[Letter]) -> None:
        def done() -> None:
            for letter in letters:
                self.seen[consumer].remove(letter.receipt)

        self._world.scheduler.call("delete letters", done)

    def count(self) -> int:
        return sum(len(some) for each in (self.waiting, self.seen) for some in each.values())

    def come_back(self) -> None:
        """The time is over in which nobody else sees what was received and not removed."""
        for consumer, seen in self.seen.items():
            self.waiting[consumer] += seen
            self.seen[consumer] = []
