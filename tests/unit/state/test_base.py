"""A history's bytes: nothing is lost, what was stored before reads, and every day of a year is little."""

import zlib
from random import Random

import msgspec
import pytest

from leadlight.state import Fold, codec
from leadlight.state.base import Base, decode_base, encode_base
from leadlight.state.codec import decode, encode
from leadlight.state.columns import columns
from leadlight.state.traits import Trait

FIRST = 20_400
KEYS = [number.to_bytes(14, "big") for number in range(8)]


def history() -> Base:
    """Counts of one byte, of two and of three, a signal without days, and traits that facts told together."""
    signals = {
        "page_viewed": {FIRST: 1, FIRST + 3: 255, FIRST + 4: 256},
        "clicked": {FIRST + 2: 70_000},
        "never": {},
    }
    past = {"title": (Trait("CTO", KEYS[0]), Trait("CEO", KEYS[5])), "size": (Trait(12, KEYS[0]), Trait(1.5, KEYS[2]))}
    return Base(7, signals, past)


def test_a_history_is_what_it_was() -> None:
    """And the same one is always the same bytes, in whatever order its signals stand."""
    base = history()
    again = Base(7, dict(reversed([*base.signals.items()])), dict(reversed([*base.past.items()])))
    assert decode_base(7, encode_base(base)) == base
    assert encode_base(again) == encode_base(base)
    assert decode_base(1, encode_base(Base(1, {}, {}))) == Base(1, {}, {})


def test_a_history_of_one_stream_reads() -> None:
    """As histories were stored before each signal was compressed by itself."""
    base = history()._replace(signals={"page_viewed": {FIRST: 1, FIRST + 3: 300}})
    stored = zlib.compress(msgspec.msgpack.encode((columns(base.signals), base.past)))
    assert decode_base(7, stored) == base


def test_a_signal_on_every_day_takes_a_byte_a_day_at_most() -> None:
    """Twelve signals of 100,000 activities: state and history are one read of 4 KB."""
    random = Random(1)
    signals = {
        f"signal_{number}": {FIRST + day: max(1, round(random.gauss(mean, mean**0.5))) for day in range(400)}
        for number, mean in enumerate((97, 69, 36, 18, 13, 11, 10, 8, 5, 3, 3, 3))
    }
    assert len(encode_base(Base(1, signals, {}))) < 12 * 400 * 0.6


@pytest.mark.parametrize("known", [history(), Base(7, {}, {}), Base(7, {"other": {FIRST: 2}}, {})])
def test_counts_beside_a_history_come_back_under_their_names(known: Base) -> None:
    """Those that it names go by a number there, the others by their names; its own days that are gone stay gone."""
    fold = Fold(signals={"page_viewed": {FIRST: 1, FIRST + 9: 2}, "new": {FIRST + 9: 1}})
    assert decode(encode(fold, known), known).signals == fold.signals


def test_counts_beside_a_history_that_go_by_their_names_read() -> None:
    """As they were stored before they went by numbers."""
    known, fold = history(), Fold(signals={"page_viewed": {FIRST: 1, FIRST + 9: 2}})
    stored = msgspec.msgpack.decode(encode(fold, known))
    names = dict(enumerate(sorted(known.signals)))
    assert stored[0] == codec.FORMAT
    named = [3, {names[int(number)]: days for number, days in stored[1].items()}, *stored[2:]]
    assert decode(msgspec.msgpack.encode(named), known) == decode(encode(fold, known), known)
