"""The ring of a burst: facts that overtake each other in a crowd cost no recount of its day."""

from datetime import UTC, datetime, timedelta
from random import Random

from leadlight.activity import Fact, Identity, Kind
from leadlight.state import RING, Change, Fold, apply, codec
from leadlight.state.lane import HOT_RING

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def fact(number: int, seconds: float) -> Fact:
    moment = NOON + timedelta(seconds=seconds)
    return Fact(
        lead_id="ld_hot",
        kind=Kind.ACTIVITY,
        type="used",
        source="tool",
        source_id=f"f{number}",
        occurred_at=moment,
        identities=(Identity("email", "a@acme.example"),),
        values={},
    )


def burst(count: int, *, per_second: int) -> list[Fact]:
    return [fact(number, number / per_second) for number in range(count)]


def bring(fold: Fold, facts: list[Fact], stored: list[Fact]) -> int:
    """Brings facts in; returns how many days were counted again."""
    told = apply(
        fold, [Change(each) for each in facts], signals_of=lambda *_: ("used",), facts_on=lambda _day: list(stored)
    )
    return told.recounted


def test_a_burst_that_comes_in_some_order_reads_nothing() -> None:
    """150 facts a second, each up to two seconds late, a hundred at a time, some of them twice."""
    random, facts = Random(1), burst(3000, per_second=150)
    arriving = sorted(facts, key=lambda each: each.occurred_at + timedelta(seconds=2 * random.random()))
    fold = Fold()
    for first in range(0, len(arriving), 100):
        batch = arriving[first : first + 100]
        assert bring(fold, batch + random.sample(batch, 5), stored=[]) == 0
    assert sum(fold.signals["used"].values()) == len(facts)
    assert len(fold.live.ring) == HOT_RING


def test_which_keys_a_ring_holds_does_not_depend_on_the_order() -> None:
    """The same fold, byte for byte, from oldest first and from a shuffle."""
    facts = [*burst(700, per_second=150), *(fact(1000 + number, 3600 * number) for number in range(1, 4))]
    folds = []
    for seed in range(3):
        arriving = list(facts)
        if seed:
            Random(seed).shuffle(arriving)
        fold, stored = Fold(), []
        for each in arriving:
            stored.append(each)
            bring(fold, [each], stored)
        folds.append(codec.encode(fold))
    assert len(set(folds)) == 1


def test_a_burst_that_is_over_gives_its_room_back() -> None:
    """The next fact leaves the ring as long as anybody's."""
    facts = burst(1000, per_second=150)
    fold = Fold()
    bring(fold, facts, stored=[])
    bring(fold, [fact(5000, 60)], stored=[])
    assert len(fold.live.ring) == RING
    assert len(codec.encode(fold)) < 500
