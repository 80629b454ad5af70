"""The signal criteria on one day, at one buying stage: here a score spends its time.

What a signal's buckets come to is remembered, up to a bound: many leads share what lies on one day, and a lead that
is scored again has most of its signals unchanged. What is new is added up in one loop, which calls nothing but memos
of single buckets: to call a function for each criterion takes three times as long. Points of all categories (and
their shares) travel in one integer, so that one `sum` adds up a lead. `SignalScorer` says in plain words what it
comes to; tests hold the two together.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from leadlight.scoring.buckets import Buckets
from leadlight.scoring.criterion import SignalScorer
from leadlight.scoring.decay import WHOLE
from leadlight.scoring.memo import Memo
from leadlight.scoring.packed import FIELD, SHARES
from leadlight.scoring.score import Contribution

Signals = Mapping[str, Buckets]
Parts = tuple[int, tuple[Contribution, ...]]
Scorers = Callable[[str], Iterable[SignalScorer]]
_HALF = WHOLE // 2
_MOST = 1024  # what is remembered of a signal
_get = dict.get
packed, listed = itemgetter(0), itemgetter(1)


class _Step(NamedTuple):
    """What adding up a criterion needs: a bucket's worth; its (block, count, each) where days share a limit."""

    worth: Memo[int, int]
    shared: Memo[int, tuple[int, int, int]] | None
    most: int
    cap: int
    least: int
    shift: int
    scorer: SignalScorer


class _Known(dict[Buckets, Any]):
    """What a signal's buckets came to, and the steps to find it."""

    __slots__ = ("steps",)

    def __init__(self, scorers: Iterable[SignalScorer], as_of: int) -> None:
        self.steps = tuple(_step(scorer, as_of) for scorer in scorers)

    def make_room(self) -> None:
        """Forgets what few leads share: signals on several days; everything only where that is not enough.

        Several threads score at once: what another one learns meanwhile may be forgotten with the rest.
        """
        single: dict[Buckets, Any] = {buckets: given for buckets, given in self.copy().items() if len(buckets) == 1}
        self.clear()
        if len(single) < _MOST // 2:
            self.update(single)


class Sums:
    """The criteria by signal, on a day. A signal's are made ready when a lead first shows it."""

    def __init__(self, scorers: Scorers, as_of: int, *, longest: int) -> None:
        self._signal = Memo[str, _Known](lambda signal: _Known(scorers(signal), as_of)).__getitem__
        self._longest = longest  # signals on more days are not remembered

    def of(self, signals: Signals, total: int) -> int:
        """A packed total with the points of each category added."""
        if self._longest > 1:  # most is known: to try costs nothing, to look for what is missing does
            try:
                return sum(map(_get, map(self._signal, signals), signals.values()), total)  # type: ignore[arg-type]
            except TypeError:
                pass
        given: list[Any] = [*map(_get, map(self._signal, signals), signals.values())]
        if None in given:
            self._add_up(signals, given)
        return sum(given, total)  # type: ignore[no-any-return]

    def _add_up(self, signals: Signals, given: list[Any]) -> None:  # noqa: C901, PLR0912 - see above
        longest = self._longest
        for place, (signal, buckets) in enumerate(signals.items()):
            if given[place] is not None:
                continue
            known, total = self._signal(signal), 0
            for worth, shared, most, cap, least, shift, _ in known.steps:
                weighed = _HALF
                if shared is None:
                    for bucket in buckets:
                        weighed += worth[bucket]
                else:
                    block = room = -1
                    for bucket in buckets[::-1]:
                        of, count, each = shared[bucket]
                        if of != block:
                            block, room = of, most
                        taken = count if count < room else room  # noqa: FURB136 - a call
                        room -= taken
                        weighed += taken * each
                points = weighed // WHOLE
                if points & 1 and not weighed % WHOLE:  # half to even
                    points -= 1
                if points > cap:
                    points = cap
                elif points < least:
                    points = least
                total += points << shift
            given[place] = total
            if len(buckets) <= longest:
                if len(known) >= _MOST:
                    known.make_room()
                known[buckets] = total


class Explained:
    """The same with the shares and the contributions."""

    def __init__(self, scorers: Scorers, as_of: int, *, longest: int) -> None:
        self._signal = Memo[str, _Known](lambda signal: _Known(scorers(signal), as_of)).__getitem__
        self._as_of = as_of
        self._longest = longest

    def of(self, signals: Signals) -> list[Parts]:
        """What each signal gives, packed and listed, in the order of the signals."""
        given: list[Any] = [*map(_get, map(self._signal, signals), signals.values())]
        if None in given:
            self._add_up(signals, given)
        return given

    def _add_up(self, signals: Signals, given: list[Any]) -> None:  # noqa: C901, PLR0912
        as_of, longest = self._as_of, self._longest
        for place, (signal, buckets) in enumerate(signals.items()):
            if given[place] is not None:
                continue
            known, total, parts = self._signal(signal), 0, []
            for worth, shared, most, cap, least, shift, scorer in known.steps:
                weighed = _HALF
                if shared is None:
                    for bucket in buckets:
                        weighed += worth[bucket]
                else:
                    block = room = -1
                    for bucket in buckets[::-1]:
                        of, count, each = shared[bucket]
                        if of != block:
                            block, room = of, most
                        taken = count if count < room else room  # noqa: FURB136
                        room -= taken
                        weighed += taken * each
                if weighed == _HALF:
                    if scorer.covers(buckets, as_of):
                        parts.append(Contribution(scorer, 0, 0, buckets, as_of))
                    continue
                points = weighed // WHOLE
                if points & 1 and not weighed % WHOLE:
                    points -= 1
                if points > cap:
                    points = cap
                elif points < least:
                    points = least
                factor, whole, twice = scorer[-3:]
                doubled = points * factor + whole
                share = doubled // twice
                if share & 1 and not doubled % twice:
                    share -= 1
                total += (points << shift) + (share << SHARES)
                parts.append(Contribution(scorer, points, share, buckets, as_of))
            made = given[place] = (total, tuple(parts))
            if len(buckets) <= longest:
                if len(known) >= _MOST:
                    known.make_room()
                known[buckets] = made


def _step(scorer: SignalScorer, as_of: int) -> _Step:
    return _Step(
        worth=Memo(lambda bucket: scorer.weighed((bucket,), as_of) * scorer.each),
        shared=Memo(lambda bucket: scorer.of_day(bucket, as_of)) if scorer.span > 1 else None,
        most=scorer.most,
        cap=scorer.cap,
        least=-scorer.cap,
        shift=FIELD * scorer.place,
        scorer=scorer,
    )
