"""Exactly-once effect under at-least-once delivery: ring, floor, and the recount of a day.

A key in the ring was applied. A key above the floor can never have been: every evicted key is at or below it.
At or below the floor nobody can tell, so that day is counted again from the stored facts.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from leadlight.activity import Fact, Kind, Scalar
from leadlight.activity.order_key import day_of, last_of_day
from leadlight.state.fold import RING, Fold

SignalsOf = Callable[[str, "dict[str, Scalar]"], tuple[str, ...]]


class Change(NamedTuple):
    """A fact as a stream record tells it. `rewritten`: the same fact was stored before with other content."""

    fact: Fact
    rewritten: bool = False


@dataclass(slots=True)
class Applied:
    """What became of a batch. `touched`: the fold may have changed."""

    counted: int = 0
    duplicates: int = 0
    expired: int = 0
    recounted: int = 0
    touched: bool = False


def apply(
    fold: Fold,
    changes: Iterable[Change],
    *,
    signals_of: SignalsOf,
    facts_on: Callable[[int], Sequence[Fact]],
) -> Applied:
    """Brings facts into a fold, each with exactly one effect.

    Args:
        fold: changed in place.
        changes: in any order, with any repetition.
        signals_of: the catalogue's reading of (activity type, properties).
        facts_on: every stored counted fact of this lead on a day, by a consistent query.
    """
    applied = Applied()
    late: set[int] = set()
    for change in sorted(changes, key=lambda change: change.fact.order_key):
        fact = change.fact
        if fact.kind is not Kind.ACTIVITY:
            fold.register(fact, rewritten=change.rewritten)
            applied.touched = True
        elif (day := day_of(fact.order_key)) <= fold.pruned:
            applied.expired += 1
        elif _in_ring(fold, fact.order_key):
            if change.rewritten:
                late.add(day)
            applied.duplicates += 1
        elif fact.order_key <= fold.floor:
            late.add(day)
        else:
            _enter(fold, fact.order_key)
            _take(fold, fact, day, signals_of)
            applied.counted += 1
    for day in late:
        _recount(fold, day, facts_on(day), signals_of)
    applied.recounted = len(late)
    applied.touched = applied.touched or bool(applied.counted or late)
    return applied


def prune(fold: Fold, horizon: int) -> None:
    """Drops what lies at or before the day `horizon`, and raises the floor there. It never goes back."""
    if horizon <= fold.pruned:
        return
    for days in fold.signals.values():
        for day in [day for day in days if day <= horizon]:
            del days[day]
    fold.signals = {signal: days for signal, days in fold.signals.items() if days}
    fold.floor = max(fold.floor, last_of_day(horizon))
    fold.ring = [key for key in fold.ring if day_of(key) > horizon]
    fold.pruned = horizon


def _in_ring(fold: Fold, key: bytes) -> bool:
    place = bisect_left(fold.ring, key)
    return place < len(fold.ring) and fold.ring[place] == key


def _enter(fold: Fold, key: bytes) -> None:
    insort(fold.ring, key)
    if len(fold.ring) > RING:
        fold.floor = max(fold.floor, fold.ring.pop(0))


def _take(fold: Fold, fact: Fact, day: int, signals_of: SignalsOf) -> None:
    fold.count(day, signals_of(fact.type, dict(fact.values)))
    fold.register(fact)
    fold.untimed = fold.untimed or fact.untimed


def _recount(fold: Fold, day: int, facts: Iterable[Fact], signals_of: SignalsOf) -> None:
    """Counts what is stored at or below the floor or in the ring; others of that day still come by the stream."""
    fold.clear(day)
    for fact in facts:
        if fact.order_key <= fold.floor or _in_ring(fold, fact.order_key):
            _take(fold, fact, day, signals_of)
