"""Day buckets as bytes: a few as they stand, a whole history in columns, of which little is left."""

import zlib
from collections.abc import Iterable, Mapping
from itertools import accumulate

import msgspec

from leadlight.scoring import buckets as packing
from leadlight.scoring.buckets import Buckets

_FEW = 32  # buckets that stand as they are; more are worth compressing: written KBs cost more than CPU
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[str, list[int], list[int]]]).decode  # name, gaps of days, counts


def packed(signals: Mapping[str, Mapping[int, int]]) -> dict[str, Buckets] | bytes:
    """Counts by signal and day, in the order of names and days."""
    if sum(map(len, signals.values())) <= _FEW:
        return {signal: packing.pack(days) for signal, days in sorted(signals.items())}
    return columns(signals)


def columns(signals: Mapping[str, Mapping[int, int]]) -> bytes:
    """A lead's whole history: gaps between days and counts are small and much alike."""
    ordered = [(signal, sorted(days.items())) for signal, days in sorted(signals.items())]
    return zlib.compress(
        _encode([(signal, gaps(day for day, _ in days), [count for _, count in days]) for signal, days in ordered])
    )


def unpacked(data: bytes) -> dict[str, Buckets]:
    """The buckets that `columns` wrote."""
    return {
        signal: packing.pack(dict(zip(accumulate(gaps), counts, strict=True)))
        for signal, gaps, counts in _decode(zlib.decompress(data))
    }


def gaps(days: Iterable[int]) -> list[int]:
    """The first, and how far each is from the one before."""
    ordered = list(days)
    return [day - before for before, day in zip([0, *ordered], ordered, strict=False)]
