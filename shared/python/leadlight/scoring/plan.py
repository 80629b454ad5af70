"""The signal criteria at one buying stage: here a score spends its time.

So there are loops and tuples here where elsewhere there are calls and attributes, which would take longer than the
work itself. `SignalScorer` says what it comes to; tests hold the two together.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from leadlight.scoring.criterion import SignalScorer
from leadlight.scoring.decay import WHOLE
from leadlight.scoring.memo import Memo
from leadlight.scoring.score import Contribution
from leadlight.scoring.weighting import CATEGORIES

Signals = Mapping[str, Mapping[int, int]]
_HALF = WHOLE // 2


class _Step(NamedTuple):
    """What adding up a criterion needs. `blocks`: its limit spans days."""

    place: int
    left: tuple[int, ...]
    window: int
    most: int
    each: int
    cap: int
    blocks: bool
    scorer: SignalScorer


class _Part(NamedTuple):
    """What explaining a criterion needs. `once`: what (as_of, day, count) alone gives; most signals lie on one day."""

    place: int
    once: Memo[tuple[int, int, int], Contribution | None]
    scorer: SignalScorer


class Plan:
    """The criteria by signal. A signal's are made ready when a lead first shows it."""

    def __init__(self, scorers: Callable[[str], Iterable[SignalScorer]]) -> None:
        self._steps = Memo[str, tuple[_Step, ...]](lambda signal: tuple(map(_step, scorers(signal))))
        self._parts = Memo[str, tuple[_Part, ...]](lambda signal: tuple(map(_part, scorers(signal))))

    def sums(self, signals: Signals, as_of: int) -> list[int]:
        """The points of each category."""
        steps, sums = self._steps, [0] * len(CATEGORIES)
        for signal, days in signals.items():
            for place, left, window, most, each, cap, blocks, scorer in steps[signal]:
                if blocks and len(days) > 1:
                    sums[place] += scorer.points(days, as_of)
                    continue
                weighed = 0
                for day in days:
                    age = as_of - day
                    if 0 <= age < window:
                        count = days[day]
                        weighed += (count if count < most else most) * left[age]  # noqa: FURB136 - a call
                if not weighed:
                    continue
                points, rest = divmod(weighed * each, WHOLE)
                if rest >= _HALF and (rest > _HALF or points & 1):
                    points += 1
                sums[place] += points if -cap <= points <= cap else cap if points > 0 else -cap
        return sums

    def parts(self, signals: Signals, as_of: int) -> tuple[list[Contribution], list[int]]:
        """The contributions in the order of the signals' names, and their points by category."""
        ready, sums = self._parts, [0] * len(CATEGORIES)
        parts: list[Contribution] = []
        for signal in sorted(signals):
            days = signals[signal]
            for place, once, scorer in ready[signal]:
                if len(days) == 1:
                    for day, count in days.items():
                        part = once[as_of, day, count]
                else:
                    part = scorer.explain(days, as_of)
                if part is not None:
                    parts.append(part)
                    sums[place] += part.points
        return parts, sums


def _step(scorer: SignalScorer) -> _Step:
    left, blocks = scorer.left, scorer.span > 1
    return _Step(scorer.place, left, len(left), scorer.most, scorer.each, scorer.cap, blocks, scorer)


def _part(scorer: SignalScorer) -> _Part:
    return _Part(scorer.place, Memo(lambda bucket: scorer.explain({bucket[1]: bucket[2]}, bucket[0])), scorer)
