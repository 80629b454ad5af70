"""A long history that stands apart from a fold, and its bytes: each signal's counts day by day, a byte or two for each.

One read takes the history with the state beside it, and is billed by what both weigh. The counts of a signal are much
alike, those of two signals are not: each is compressed by itself. A fact may tell several traits: its key stands once.
"""

import zlib
from collections.abc import Iterable, Mapping
from itertools import accumulate, zip_longest
from typing import NamedTuple

import msgspec

from leadlight.activity import Scalar
from leadlight.scoring import buckets as packing
from leadlight.state.columns import gaps, unpacked
from leadlight.state.keys import split
from leadlight.state.traits import Changes, Trait


class Base(NamedTuple):
    """A history that stands apart: counts by signal and day as they were when it was written, under its version."""

    version: int
    signals: Mapping[str, Mapping[int, int]]
    past: Mapping[str, Changes]


class _Head(NamedTuple):
    """What is said once: the signals' names and first days; each trait's changes: gaps of keys' places, and values."""

    names: list[str]
    first: list[int]
    past: dict[str, tuple[list[int], list[Scalar]]]


class _Stored(NamedTuple):
    """`counts` by signal: the low bytes of each day's, then the next higher ones where there are any."""

    head: bytes
    keys: bytes
    counts: list[list[bytes]]


_ZLIB = 0x78  # what a history began with when it was one stream
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Stored).decode
_decode_head = msgspec.msgpack.Decoder(_Head).decode
_decode_stream = msgspec.msgpack.Decoder(tuple[bytes, dict[str, Changes]]).decode


def encode_base(base: Base) -> bytes:
    """A history's bytes, without its version."""
    signals = sorted(base.signals.items())
    keys = sorted({change.order_key for changes in base.past.values() for change in changes})
    place = {key: index for index, key in enumerate(keys)}
    past = {
        name: (gaps(place[change.order_key] for change in changes), [change.value for change in changes])
        for name, changes in sorted(base.past.items())
    }
    head = _Head([name for name, _ in signals], [min(days, default=0) for _, days in signals], past)
    return _encode(_Stored(zlib.compress(_encode(head)), b"".join(keys), [_rows(days) for _, days in signals]))


def decode_base(version: int, data: bytes) -> Base:
    """The history that `encode_base` wrote."""
    if data[0] == _ZLIB:
        columns, changes = _decode_stream(zlib.decompress(data))
        return Base(version, {signal: packing.unpack(days) for signal, days in unpacked(columns).items()}, changes)
    stored = _decode(data)
    head, keys = _decode_head(zlib.decompress(stored.head)), split(stored.keys)
    days = map(_days, head.first, stored.counts)
    past = {
        name: tuple(Trait(value, keys[place]) for place, value in zip(accumulate(places), values, strict=True))
        for name, (places, values) in head.past.items()
    }
    return Base(version, dict(zip(head.names, days, strict=True)), past)


def _rows(days: Mapping[int, int]) -> list[bytes]:
    """One compressed row of bytes for each byte that the largest count takes."""
    counts = [days.get(day, 0) for day in range(min(days, default=0), max(days, default=-1) + 1)]
    rows = []
    while any(counts):
        rows.append(_compressed(bytes(count & 0xFF for count in counts)))
        counts = [count >> 8 for count in counts]
    return rows


def _compressed(row: bytes) -> bytes:
    """Days without anything repeat; where each has something, only some counts are more frequent than others."""
    found = []
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY):
        stream = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, strategy)
        found.append(stream.compress(row) + stream.flush())
    return min(found, key=len)


def _days(first: int, rows: Iterable[bytes]) -> dict[int, int]:
    counts: list[int] = []
    for place, row in enumerate(rows):
        higher = [byte << 8 * place for byte in zlib.decompress(row, wbits=-zlib.MAX_WBITS)]
        counts = [low + high for low, high in zip_longest(counts, higher, fillvalue=0)]
    return {day: count for day, count in enumerate(counts, first) if count}
