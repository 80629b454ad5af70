from bisect import bisect_left, insort
from collections.abc import Iterable

import msgspec

from leadlight.activity.order_key import MINUTE_MS, at_least, day_of, last_of_day, milliseconds_of, minute_of

RING = 12  # how far facts may overtake each other before a day is recounted
HOT_RING = (
    512  # how far in a burst, whose facts are SPAN_MS apart at most: its day is long, and would be read each time
)
SPAN_MS = 10_000
IMPORTED_RING = 4  # an import sends a lead's facts in their order


class Lane(msgspec.Struct):
    """What tells whether a fact was applied: the highest order keys that were, ascending, and the highest evicted.

    Every evicted key is at or below the floor, so a key above it that is not in the ring was never applied. A burst has
    a longer ring: the keys within SPAN_MS of the highest, up to HOT_RING. So which keys are held follows from all that
    were applied, whatever came first. `crowd` counts those at or below the floor that share its minute: with the ring
    it tells how many any later minute has. `rated`: its facts tell moments.
    """

    most: int = RING
    ring: list[bytes] = []
    floor: bytes = b""
    crowd: int = 0
    rated: bool = True

    def holds(self, key: bytes) -> bool:
        """Whether the ring holds an order key."""
        place = bisect_left(self.ring, key)
        return place < len(self.ring) and self.ring[place] == key

    def enter(self, key: bytes) -> None:
        """Notes that the fact of an order key was applied."""
        insort(self.ring, key)
        while len(self.ring) > self.most and not self._is_burst:
            evicted = self.ring.pop(0)
            self.crowd = self.crowd + 1 if minute_of(evicted) == self._minute else 1
            self.floor = max(self.floor, evicted)

    def prune(self, horizon: int) -> None:
        """Raises the floor to the end of a day, and drops the keys up to there."""
        if self.floor < last_of_day(horizon):
            self.floor, self.crowd = last_of_day(horizon), 0
        self.ring = [key for key in self.ring if day_of(key) > horizon]

    @property
    def most_of_a_minute(self) -> int:
        """No minute above the floor, nor the floor's own, has more of the applied keys."""
        return self.crowd + len(self.ring)

    def of_minute(self, key: bytes) -> int:
        """How many applied keys are in the minute of a key above the floor."""
        minute = minute_of(key)
        start, end = at_least(minute * MINUTE_MS), at_least((minute + 1) * MINUTE_MS)
        below = self.crowd if minute == self._minute else 0
        return below + bisect_left(self.ring, end) - bisect_left(self.ring, start)

    def near(self, key: bytes, seconds: int) -> int | None:
        """How many applied keys are at most so far from a key; None where they reach down to the floor."""
        at = milliseconds_of(key)
        start, end = at_least(at - seconds * 1000), at_least(at + seconds * 1000 + 1)
        return None if self.floor >= start else bisect_left(self.ring, end) - bisect_left(self.ring, start)

    def recount(self, keys: Iterable[bytes]) -> None:
        """Takes the applied keys of the floor's day for what they are: late ones never were in the ring."""
        self.crowd = sum(key <= self.floor and minute_of(key) == self._minute for key in keys)

    @property
    def _is_burst(self) -> bool:
        """Whether more keys than usual are to be held."""
        span = milliseconds_of(self.ring[-1]) - SPAN_MS
        return self.rated and len(self.ring) <= HOT_RING and self.ring[0] >= at_least(span)

    @property
    def _minute(self) -> int:
        return minute_of(self.floor) if self.floor else -1
