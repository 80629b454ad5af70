"""Exactly-once effect under at-least-once delivery: ring, floor, and the recount of a day.

A key in the ring was applied. A key above the floor can never have been: every evicted key is at or below it.
At or below the floor nobody can tell, so that day is counted again from the stored facts. So is a day on which an
activity may be a machine's: the guard judges all of a day together. What was rewritten is read again too, its day or
its register whole: content that comes by the stream may be older than what is stored.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

import msgspec

from leadlight.activity import Fact, Kind, Scalar
from leadlight.activity.order_key import day_of
from leadlight.guard import LOOK, Aside, Guard, glance, judge
from leadlight.guard.rules import OFF
from leadlight.guard.saying import Sayings, subjects
from leadlight.state.fold import Fold
from leadlight.state.notes import DELIVERED, named

SignalsOf = Callable[[str, "dict[str, Scalar]"], tuple[str, ...]]


class Change(NamedTuple):
    """A fact as a stream record tells it.

    `rewritten`: the same fact was stored before with other content. `contested`: it may be stored more than once, since
    several leads are merged, with other content each time.
    """

    fact: Fact
    rewritten: bool = False
    contested: bool = False


class Applied(msgspec.Struct):
    """What became of a batch. `touched`: the fold may have changed."""

    counted: int = 0
    duplicates: int = 0
    expired: int = 0
    recounted: int = 0
    touched: bool = False


class _Reading(NamedTuple):
    signals_of: SignalsOf
    guard: Guard


def _unread(kind: Kind) -> Sequence[Fact]:
    raise LookupError(f"a rewritten {kind} fact needs the stored ones")


def apply(  # noqa: PLR0913 - the world of a fold, each part named
    fold: Fold,
    changes: Iterable[Change],
    *,
    signals_of: SignalsOf,
    facts_on: Callable[[int], Sequence[Fact]],
    facts_of: Callable[[Kind], Sequence[Fact]] = _unread,
    guard: Guard = OFF,
) -> Applied:
    """Brings facts into a fold, each with exactly one effect.

    Args:
        fold: changed in place.
        changes: in any order, with any repetition.
        signals_of: the catalogue's reading of (activity type, properties).
        facts_on: every stored counted fact of this lead on a day, by a consistent query.
        facts_of: every stored fact of this lead of a kind, by a consistent query.
        guard: what no person does.
    """
    reading = _Reading(signals_of, guard)
    known = fold.identities.copy()
    said = fold.judged.copy() if fold.live.ring or fold.imported.ring else None  # nothing is counted yet
    placed = sorted(((change.fact.order_key, change) for change in changes), key=itemgetter(0))
    # Registers first, to the last word: what is said of activities has to be known when they are counted.
    applied = Applied(touched=_register(fold, placed, facts_of))
    late = _days_judged(said, fold, facts_of)
    for key, change in placed:
        fact = change.fact
        if fact.kind is not Kind.ACTIVITY:
            continue
        fold.know(fact)  # of every content that came: who was named once stays known
        if (day := day_of(key)) <= fold.pruned:
            applied.expired += 1
            applied.touched = _keep(fold, fact, rewritten=change.rewritten) or applied.touched
        elif (lane := fold.lane(fact)).holds(key):
            if change.rewritten or change.contested:
                late.add(day)
            applied.duplicates += 1
        elif key <= lane.floor:
            late.add(day)
        else:
            late.update(_enter(fold, fact, day, reading))
            applied.counted += 1
    for day in late:
        _recount(fold, day, facts_on(day), reading)
    applied.recounted = len(late)
    news = applied.counted or late or fold.identities != known
    applied.touched = applied.touched or bool(news)
    return applied


def folded(facts: Collection[Fact], *, signals_of: SignalsOf, guard: Guard, horizon: int) -> Fold:
    """A lead's fold, made anew from all of its facts; those at or before the day `horizon` no longer count."""
    fold = Fold()
    prune(fold, horizon)
    apply(fold, map(Change, facts), signals_of=signals_of, facts_on=by_day(facts), guard=guard)
    return fold


def by_day(facts: Iterable[Fact]) -> Callable[[int], Sequence[Fact]]:
    """The counted facts of each day among all of a lead's: what a fold that is made anew asks for."""
    days: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact.kind is Kind.ACTIVITY:
            days.setdefault(day_of(fact.order_key), []).append(fact)
    return lambda day: days.get(day, [])


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


def _register(fold: Fold, placed: Iterable[tuple[bytes, Change]], facts_of: Callable[[Kind], Iterable[Fact]]) -> bool:
    """Takes the facts that are not counted; whether there were any."""
    stale: set[Kind] = set()
    found = False
    for key, change in placed:
        fact = change.fact
        if fact.kind is Kind.ACTIVITY:
            continue
        if change.rewritten or (change.contested and fold.holds(fact.kind, key)):
            stale.add(fact.kind)
        fold.register(fact)
        found = True
    for kind in sorted(stale):
        _rebuild(fold, kind, facts_of(kind))
    return found


def _has_deliveries(fold: Fold, day: int) -> bool:
    return day <= fold.noted_after or DELIVERED in fold.notes.get(day, ())


def _days_judged(before: Sayings | None, fold: Fold, facts_of: Callable[[Kind], Iterable[Fact]]) -> set[int]:
    """The days of the counted activities of which something else is said now, or the same later."""
    after = fold.judged
    if before is None or before == after:
        return set()
    news = {about for about in before.keys() | after if before.get(about) != after.get(about)}
    told = (fact for fact in facts_of(Kind.ACTIVITY) if not news.isdisjoint(subjects(fact)))
    return {day for day in map(day_of, (fact.order_key for fact in told)) if day > fold.pruned}


def _enter(fold: Fold, fact: Fact, day: int, reading: _Reading) -> Iterable[int]:
    """Takes a fact that was never applied; the days that have to be counted again for it."""
    lane = fold.lane(fact)
    aside = glance(reading.guard, fact, lane, fold.judged, delivered=_has_deliveries(fold, day))
    lane.enter(fact.order_key)
    if aside is LOOK:
        return (day,)
    _take(fold, fact, day, reading, aside)
    _keep(fold, fact, rewritten=False)
    return ()


def _take(fold: Fold, fact: Fact, day: int, reading: _Reading, aside: Aside | None = None) -> None:
    """Counts an activity, or notes that it is set aside."""
    if fact.type in reading.guard.delivered:
        fold.note(day, DELIVERED)
    if aside:
        fold.note(day, named(aside))
    else:
        fold.count(day, reading.signals_of(fact.type, dict(fact.values)))


def _keep(fold: Fold, fact: Fact, *, rewritten: bool) -> bool:
    """Takes what an activity says beside its signals: that outlives retention. Whether it was news."""
    before = fold.first, fold.untimed
    fold.register(fact, rewritten=rewritten)
    fold.untimed = fold.untimed or fact.untimed
    return before != (fold.first, fold.untimed)


def _recount(fold: Fold, day: int, facts: Iterable[Fact], reading: _Reading) -> None:
    """Counts what is stored at or below the floor or in the ring; others of that day still come by the stream."""
    fold.clear(day)
    lanes = [(fact, fold.lane(fact)) for fact in facts]
    here = [(fact, lane) for fact, lane in lanes if fact.order_key <= lane.floor or lane.holds(fact.order_key)]
    counted = [fact for fact, _ in here]
    verdicts = judge(reading.guard, counted, fold.judged, rated=[lane.rated for _, lane in here])
    for fact, aside in zip(counted, verdicts, strict=True):
        _take(fold, fact, day, reading, aside)
        _keep(fold, fact, rewritten=True)
    for lane in (fold.live, fold.imported):
        if lane.floor and day_of(lane.floor) == day:
            lane.recount(fact.order_key for fact, of in here if of is lane)


def _rebuild(fold: Fold, kind: Kind, facts: Iterable[Fact]) -> None:
    """Fills a register anew: what the old content said and the new one does not must go."""
    fold.forget(kind)
    for fact in facts:
        fold.register(fact, rewritten=True)
