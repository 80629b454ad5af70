"""Exactly-once effect under at-least-once delivery: ring, floor, and the recount of a day.

A key in the ring was applied. A key above the floor can never have been: every evicted key is at or below it.
At or below the floor nobody can tell, so that day is counted again from the stored facts. What was rewritten is
read again too, its day or its register whole: content that comes by the stream may be older than what is stored.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from leadlight.activity import Fact, Kind, Scalar
from leadlight.activity.order_key import day_of
from leadlight.state.fold import Fold

SignalsOf = Callable[[str, "dict[str, Scalar]"], tuple[str, ...]]


class Change(NamedTuple):
    """A fact as a stream record tells it.

    `rewritten`: the same fact was stored before with other content. `contested`: it may be stored more than once, since
    several leads are merged, with other content each time.
    """

    fact: Fact
    rewritten: bool = False
    contested: bool = False


@dataclass(slots=True)
class Applied:
    """What became of a batch. `touched`: the fold may have changed."""

    counted: int = 0
    duplicates: int = 0
    expired: int = 0
    recounted: int = 0
    touched: bool = False


def _unread(kind: Kind) -> Sequence[Fact]:
    raise LookupError(f"a rewritten {kind} fact needs the stored ones")


def apply(
    fold: Fold,
    changes: Iterable[Change],
    *,
    signals_of: SignalsOf,
    facts_on: Callable[[int], Sequence[Fact]],
    facts_of: Callable[[Kind], Sequence[Fact]] = _unread,
) -> Applied:
    """Brings facts into a fold, each with exactly one effect.

    Args:
        fold: changed in place.
        changes: in any order, with any repetition.
        signals_of: the catalogue's reading of (activity type, properties).
        facts_on: every stored counted fact of this lead on a day, by a consistent query.
        facts_of: every stored fact of this lead of a register's kind, by a consistent query.
    """
    applied = Applied()
    known = fold.identities.copy()
    late: set[int] = set()
    stale: set[Kind] = set()
    for key, change in sorted(((change.fact.order_key, change) for change in changes), key=itemgetter(0)):
        fact = change.fact
        fold.know(fact)  # of every content that came: who was named once stays known
        if fact.kind is not Kind.ACTIVITY:
            if change.rewritten or (change.contested and fold.holds(fact.kind, key)):
                stale.add(fact.kind)
            fold.register(fact)
            applied.touched = True
        elif (day := day_of(key)) <= fold.pruned:
            applied.expired += 1
            applied.touched = _keep(fold, fact, rewritten=change.rewritten) or applied.touched
        elif (lane := fold.lane(fact)).holds(key):
            if change.rewritten or change.contested:
                late.add(day)
            applied.duplicates += 1
        elif key <= lane.floor:
            late.add(day)
        else:
            lane.enter(key)
            _take(fold, fact, day, signals_of)
            applied.counted += 1
    for day in late:
        _recount(fold, day, facts_on(day), signals_of)
    for kind in sorted(stale):
        _rebuild(fold, kind, facts_of(kind))
    applied.recounted = len(late)
    news = applied.counted or late or fold.identities != known
    applied.touched = applied.touched or bool(news)
    return applied


def prune(fold: Fold, horizon: int) -> None:
    """Drops what lies at or before the day `horizon`, and raises the floor there. It never goes back."""
    if horizon <= fold.pruned:
        return
    for days in fold.signals.values():
        for day in [day for day in days if day <= horizon]:
            del days[day]
    fold.signals = {signal: days for signal, days in fold.signals.items() if days}
    for lane in (fold.live, fold.imported):
        lane.prune(horizon)
    fold.pruned = horizon
    fold.forget_past()


def _take(fold: Fold, fact: Fact, day: int, signals_of: SignalsOf, *, rewritten: bool = False) -> None:
    fold.count(day, signals_of(fact.type, dict(fact.values)))
    _keep(fold, fact, rewritten=rewritten)


def _keep(fold: Fold, fact: Fact, *, rewritten: bool) -> bool:
    """Takes what an activity says beside its signals: that outlives retention. Whether it was news."""
    before = fold.first, fold.untimed
    fold.register(fact, rewritten=rewritten)
    fold.untimed = fold.untimed or fact.untimed
    return before != (fold.first, fold.untimed)


def _recount(fold: Fold, day: int, facts: Iterable[Fact], signals_of: SignalsOf) -> None:
    """Counts what is stored at or below the floor or in the ring; others of that day still come by the stream."""
    fold.clear(day)
    for fact in facts:
        lane = fold.lane(fact)
        if fact.order_key <= lane.floor or lane.holds(fact.order_key):
            _take(fold, fact, day, signals_of, rewritten=True)


def _rebuild(fold: Fold, kind: Kind, facts: Iterable[Fact]) -> None:
    """Fills a register anew: what the old content said and the new one does not must go."""
    fold.forget(kind)
    for fact in facts:
        fold.register(fact, rewritten=True)
