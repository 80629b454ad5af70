"""Promise 2: nothing counts twice, order never matters. The fold is a function of the facts alone."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from leadlight.activity import Fact, Kind
from leadlight.activity.order_key import at_least, day_number, day_of, milliseconds_of
from leadlight.state import RING, Change, Fold, by_day, codec, prune
from leadlight.state.lane import HOT_RING, SPAN_MS
from tests.property.histories import (
    DAYS,
    START,
    batches,
    bring,
    deliver,
    deliveries,
    facts,
    ordered,
    rewritten,
    signals_of,
)

randoms = st.randoms(use_true_random=False)
horizons = st.lists(st.integers(-1, DAYS + 1), max_size=6)


@given(history=facts(), random=randoms, early=st.booleans())
def test_any_delivery_ends_in_the_same_fold(history: list[Fact], random: Random, *, early: bool) -> None:
    """Any order, repetition and batching gives the bytes of a single ordered pass."""
    assert codec.encode(deliver(history, random, early=early)) == codec.encode(ordered(history))


@given(facts(), randoms)
def test_counts_are_those_of_counting(history: list[Fact], random: Random) -> None:
    """The buckets hold what anybody would count by hand."""
    counted = Counter(
        (signal, day_of(fact.order_key))
        for fact in history
        if fact.kind is Kind.ACTIVITY
        for signal in signals_of(fact.type, fact.values)
    )
    fold = deliver(history, random, early=True)
    assert {(signal, day): n for signal, days in fold.signals.items() for day, n in days.items()} == counted


@given(facts(), randoms)
def test_the_ring_holds_the_highest_keys_and_the_floor_the_next(history: list[Fact], random: Random) -> None:
    """Every key below the ring is at or below the floor: that is what makes the floor safe."""
    keys = sorted(fact.order_key for fact in history if fact.kind is Kind.ACTIVITY)
    fold = deliver(history, random, early=False)
    last = milliseconds_of(keys[-1]) if keys else 0
    burst = [key for key in keys[-HOT_RING:] if key >= at_least(last - SPAN_MS)]
    held = max(RING, len(burst))
    assert fold.live.ring == keys[-held:]
    assert fold.live.floor == (keys[-held - 1] if len(keys) > held else b"")


@given(facts(), randoms, horizons)
def test_pruning_commutes_with_delivery(history: list[Fact], random: Random, days: list[int]) -> None:
    """Whenever retention passes over a lead, now or later, the fold is the same in the end."""
    horizons_ahead = sorted(day_number(START) + day for day in days)
    last = horizons_ahead[-1] if horizons_ahead else -1

    def before(fold: Fold) -> None:
        if horizons_ahead and random.random() < 0.5:
            prune(fold, horizons_ahead.pop(0))

    found, wanted = deliver(history, random, early=True, before=before), ordered(history)
    prune(found, last)
    prune(wanted, last)
    assert codec.encode(found) == codec.encode(wanted)


@given(facts(), st.integers(0, DAYS), st.integers(0, DAYS))
def test_pruning_never_goes_back(history: list[Fact], one: int, other: int) -> None:
    """The day is handed in; an earlier one changes nothing, and twice is once."""
    later, earlier = (day_number(START) + day for day in (max(one, other), min(one, other)))
    fold = ordered(history)
    prune(fold, later)
    once = codec.encode(fold)
    prune(fold, earlier)
    prune(fold, later)
    assert codec.encode(fold) == once
    assert all(day > later for days in fold.signals.values() for day in days)


@given(facts(most=30), randoms)
def test_what_was_rewritten_is_as_if_it_was_never_otherwise(history: list[Fact], random: Random) -> None:
    """Same id, other content: the last stored wins, whether its records come together, apart or again."""
    records: list[tuple[float, str, Change]] = []
    stored: dict[str, Fact] = {}
    for fact in history:
        contents = [fact]
        if not fact.untimed and fact.kind in (Kind.ACTIVITY, Kind.TRAITS, Kind.DEAL):
            contents += [rewritten(fact, random.randrange(9)) for _ in range(random.choice((0, 0, 1, 2)))]
        # An item's records keep their order, and come again from some record on.
        moments = sorted(random.random() for _ in contents)
        changes = [Change(content, rewritten=number > 0) for number, content in enumerate(contents)]
        again = random.randrange(len(changes)) if random.random() < 0.4 else len(changes)
        moments += [2 + random.random() * 0.001 * place for place, _ in enumerate(changes[again:])]
        for moment, change in zip(sorted(moments), [*changes, *changes[again:]], strict=True):
            records.append((moment, fact.source_id, change))
        stored[fact.source_id] = contents[-1]
    fold = Fold()
    for batch in batches([change for *_, change in sorted(records, key=lambda record: record[0])], random):
        bring(fold, batch, stored=stored)
    assert codec.encode(fold) == codec.encode(ordered(stored.values()))


@given(facts(), st.integers(-1, DAYS))
def test_stored_folds_read_back_as_they_were(history: list[Fact], day: int) -> None:
    """Encoding loses nothing, and the same fold is always the same bytes."""
    fold = ordered(history)
    prune(fold, day_number(START) + day)
    stored = codec.encode(fold)
    assert codec.decode(stored) == fold
    assert codec.encode(codec.decode(stored)) == stored


@given(facts(), randoms)
def test_a_second_delivery_changes_nothing(history: list[Fact], random: Random) -> None:
    """What the ring no longer holds is counted again from the stored facts, to the same."""
    stored = {fact.source_id: fact for fact in history}
    fold = ordered(history)
    before = codec.encode(fold)
    bring(fold, [Change(fact) for fact in deliveries(history, random)], stored=stored)
    assert codec.encode(fold) == before


@given(history=facts(), random=randoms)
def test_facts_by_day_are_those_of_each_day_in_their_order(history: list[Fact], random: Random) -> None:
    """Going through the facts once, or once for each day, comes to the same."""
    random.shuffle(history)
    on = by_day(history)
    days = {day_of(fact.order_key) for fact in history} | {0}
    for day in days:
        assert on(day) == [fact for fact in history if fact.kind is Kind.ACTIVITY and day_of(fact.order_key) == day]
