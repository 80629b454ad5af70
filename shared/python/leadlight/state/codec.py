"""The fold as bytes: the same fold is always the same bytes, so that two can be compared."""

import zlib
from collections.abc import Iterable
from itertools import accumulate
from struct import unpack

import msgspec

from leadlight.activity import Identity
from leadlight.state.fold import Deal, Fold, Touch, Trait, Verdict

FORMAT = 1
_FEW = 32  # buckets that stand as they are; more are worth compressing: written KBs cost more than CPU
_Signals = dict[str, dict[int, int]]


class _Stored(msgspec.Struct, array_like=True):
    """A fold as MessagePack holds it: without names, and with the order keys of the ring side by side."""

    format: int
    signals: _Signals | bytes
    ring: bytes
    floor: bytes
    pruned: int
    untimed: bool
    traits: dict[str, Trait]
    identities: list[Identity]
    deals: dict[str, dict[str, Deal]]
    consent: tuple[bytes, bool] | None
    verdicts: dict[str, Verdict]
    first: Touch | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)
_columns = msgspec.msgpack.Decoder(list[tuple[str, list[int], list[int]]])  # name, gaps between days, counts


def encode(fold: Fold) -> bytes:
    """MessagePack in the order of names and days. About 0.5 KB for a typical lead."""
    return _encoder.encode(
        _Stored(
            format=FORMAT,
            signals=_packed(fold.signals),
            ring=b"".join(fold.ring),
            floor=fold.floor,
            pruned=fold.pruned,
            untimed=fold.untimed,
            traits=dict(sorted(fold.traits.items())),
            identities=sorted(fold.identities),
            deals={name: dict(sorted(steps.items())) for name, steps in sorted(fold.deals.items())},
            consent=fold.consent,
            verdicts=dict(sorted(fold.verdicts.items())),
            first=fold.first,
        )
    )


def decode(data: bytes) -> Fold:
    """The fold that `encode` wrote.

    Raises:
        ValueError: it is of a format that this version does not read.
    """
    stored = _decoder.decode(data)
    if stored.format != FORMAT:
        raise ValueError(f"fold of format {stored.format}; this version reads format {FORMAT}")
    return Fold(
        signals=stored.signals if isinstance(stored.signals, dict) else _unpacked(stored.signals),
        ring=list(unpack("14s" * (len(stored.ring) // 14), stored.ring)),
        floor=stored.floor,
        pruned=stored.pruned,
        untimed=stored.untimed,
        traits=stored.traits,
        identities=set(stored.identities),
        deals=stored.deals,
        consent=stored.consent,
        verdicts=stored.verdicts,
        first=stored.first,
    )


def _packed(signals: _Signals) -> _Signals | bytes:
    ordered = {signal: dict(sorted(days.items())) for signal, days in sorted(signals.items())}
    if sum(map(len, signals.values())) <= _FEW:
        return ordered
    columns = [(signal, _differences(days), list(days.values())) for signal, days in ordered.items()]
    return zlib.compress(_encoder.encode(columns))


def _unpacked(data: bytes) -> _Signals:
    """A lead's whole history: gaps between days and counts are small and much alike, so little is left of them."""
    return {
        signal: dict(zip(accumulate(gaps), counts, strict=True))
        for signal, gaps, counts in _columns.decode(zlib.decompress(data))
    }


def _differences(days: Iterable[int]) -> list[int]:
    ordered = list(days)
    return [day - before for before, day in zip([0, *ordered], ordered, strict=False)]
