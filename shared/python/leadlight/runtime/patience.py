"""How long an invocation goes on trying. Full jitter: those who were throttled together do not come back together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from leadlight.hands import Hands
from leadlight.ports import Unavailable

ResultT = TypeVar("ResultT")
_FIRST = 0.1  # seconds; the longest wait doubles with each attempt
_LONGEST = 5.0
_TIMES = 6
_AT_ONCE = 0.01


@dataclass(frozen=True, kw_only=True)
class Patience:
    """What an invocation may spend on waiting.

    Attributes:
        hands: who waits.
        left: the milliseconds until the invocation is cut off.
        reserve: milliseconds that are kept for what is begun, and for the answer.
    """

    hands: Hands
    left: Callable[[], int]
    reserve: int

    @classmethod
    def of(cls, hands: Hands, left: Callable[[], int]) -> "Patience":
        """That of an invocation that just starts: a quarter of its time is kept."""
        return cls(hands=hands, left=left, reserve=left() // 4)

    def begins(self) -> bool:
        """Whether there is time to begin with something."""
        return self.left() > self.reserve

    def insist(self, work: Callable[[], ResultT]) -> ResultT:
        """Does the work, and again while it is throttled and there is time.

        Raises:
            Unavailable: six times it did not help to wait, or there is no time for it.
        """
        attempt = 0
        while True:
            try:
                return work()
            except Unavailable:
                pause = backoff(attempt, draw=self.hands.draw())
                if attempt == _TIMES or self.left() - pause * 1000 <= self.reserve:
                    raise
            self.hands.wait(pause)
            attempt += 1


def backoff(attempt: int, *, draw: float, first: float = _FIRST) -> float:
    """Seconds to wait after an attempt, counted from 0.

    Args:
        attempt: how often it was tried again already.
        draw: evenly drawn from 0 to 1.
        first: the longest wait after the first attempt.

    >>> [backoff(attempt, draw=1) for attempt in (0, 1, 2, 20)]
    [0.1, 0.2, 0.4, 5.0]
    """
    return draw * min(_LONGEST, first * (1 << attempt))


def give_way(attempt: int, hands: Hands) -> None:
    """Before a lead is read again that others saved: at once the first time, then after tens of milliseconds."""
    if attempt:
        hands.wait(backoff(attempt - 1, draw=hands.draw(), first=_AT_ONCE))
