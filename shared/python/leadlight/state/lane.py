from bisect import bisect_left, insort
from dataclasses import dataclass, field

from leadlight.activity.order_key import day_of, last_of_day

RING = 12  # how far facts may overtake each other before a day is recounted
IMPORTED_RING = 4  # an import sends a lead's facts in their order


@dataclass(slots=True)
class Lane:
    """What tells whether a fact was applied: the highest order keys that were, ascending, and the highest evicted.

    Every evicted key is at or below the floor, so a key above it that is not in the ring was never applied.
    """

    most: int = RING
    ring: list[bytes] = field(default_factory=list)
    floor: bytes = b""

    def holds(self, key: bytes) -> bool:
        """Whether the ring holds an order key."""
        place = bisect_left(self.ring, key)
        return place < len(self.ring) and self.ring[place] == key

    def enter(self, key: bytes) -> None:
        """Notes that the fact of an order key was applied."""
        insort(self.ring, key)
        if len(self.ring) > self.most:
            self.floor = max(self.floor, self.ring.pop(0))

    def prune(self, horizon: int) -> None:
        """Raises the floor to the end of a day, and drops the keys up to there."""
        self.floor = max(self.floor, last_of_day(horizon))
        self.ring = [key for key in self.ring if day_of(key) > horizon]
