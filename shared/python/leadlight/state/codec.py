"""The fold as bytes: the same fold is always the same bytes, so that two can be compared.

What a score reads comes first: `read` gives that alone, and leaves the rest as it lies.
"""

import zlib
from collections.abc import Iterable, Mapping
from itertools import accumulate
from struct import unpack

import msgspec

from leadlight.activity import Identity, Scalar
from leadlight.activity.order_key import day_of
from leadlight.scoring import buckets as packing
from leadlight.scoring.buckets import Buckets
from leadlight.state.fold import Company, Deal, Fold, Touch, Verdict
from leadlight.state.lane import IMPORTED_RING, RING, Lane
from leadlight.state.permission import CONSENT, Permission, Permissions
from leadlight.state.traits import Changes, Trait, derived

FORMAT = 2
_FEW = 32  # buckets that stand as they are; more are worth compressing: written KBs cost more than CPU
_FEW_PAST = 6  # the same of past changes, which no score of today reads
_KEY = 14


class _Rest(msgspec.Struct, array_like=True):
    """What scoring does not read. `keys` are the traits' order keys side by side, in the order of their names."""

    ring: bytes
    floor: bytes
    pruned: int
    untimed: bool
    keys: bytes
    past: dict[str, Changes] | bytes
    identities: list[Identity]
    deals: dict[str, dict[str, Deal]]
    consent: tuple[bytes, bool] | None  # of items that were stored before there were permissions
    verdicts: dict[str, Verdict]
    first: Touch | None
    permissions: dict[str, Permissions] = msgspec.field(default_factory=dict)
    imported: tuple[bytes, bytes] | None = None  # items that were stored before imports had a lane end above


class Stored(msgspec.Struct, array_like=True, gc=False):
    """A fold as MessagePack holds it, without names: a lead to score. `since` is the day of the last trait change."""

    format: int
    signals: dict[str, Buckets] | bytes
    values: dict[str, Scalar]
    since: int
    domain: str
    rest: msgspec.Raw
    account: str = ""  # items that were stored before there were accounts end above
    companies: dict[str, Company] = msgspec.field(default_factory=dict)

    @property
    def buckets(self) -> Mapping[str, Buckets]:
        """Counts by signal and day."""
        return _unpacked(self.signals) if isinstance(self.signals, bytes) else self.signals

    def known_traits(self, as_of: int | None = None) -> Mapping[str, Scalar]:
        """The values by trait at the end of a day, as the fold knows them."""
        if as_of is None or as_of >= self.since:
            company = self.companies.get(self.account)
            return derived({**company.traits, **self.values} if company else self.values.copy(), self.domain)
        return _fold(self).known_traits(as_of)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Stored).decode
_decode_rest = msgspec.msgpack.Decoder(_Rest).decode
_decode_past = msgspec.msgpack.Decoder(dict[str, Changes]).decode
_decode_columns = msgspec.msgpack.Decoder(list[tuple[str, list[int], list[int]]]).decode  # name, gaps of days, counts


def encode(fold: Fold) -> bytes:
    """MessagePack in the order of names and days. About 0.5 KB for a typical lead."""
    traits = dict(sorted(fold.traits.items()))
    rest = _Rest(
        ring=b"".join(fold.live.ring),
        floor=fold.live.floor,
        pruned=fold.pruned,
        untimed=fold.untimed,
        keys=b"".join(trait.order_key for trait in traits.values()),
        past=_packed_past(fold.past),
        identities=sorted(fold.identities),
        deals={name: dict(sorted(steps.items())) for name, steps in sorted(fold.deals.items())},
        consent=None,
        verdicts=dict(sorted(fold.verdicts.items())),
        first=fold.first,
        imported=(b"".join(fold.imported.ring), fold.imported.floor),
        permissions=dict(sorted(fold.permissions.items())),
    )
    return _encode(
        Stored(
            format=FORMAT,
            signals=_packed(fold.signals),
            values={name: trait.value for name, trait in traits.items()},
            since=max((day_of(trait.order_key) for trait in traits.values()), default=-1),
            domain=fold.email_domain,
            rest=msgspec.Raw(_encode(rest)),
            account=fold.account,
            companies={
                name: company._replace(traits=dict(sorted(company.traits.items())))
                for name, company in sorted(fold.companies.items())
            },
        )
    )


def read(data: bytes) -> Stored:
    """What a score reads of the fold that `encode` wrote.

    Raises:
        ValueError: it is of a format that this version does not read.
    """
    stored = _decode(data)
    if stored.format != FORMAT:
        raise ValueError(f"fold of format {stored.format}; this version reads format {FORMAT}")
    return stored


def decode(data: bytes) -> Fold:
    """The fold that `encode` wrote.

    Raises:
        ValueError: it is of a format that this version does not read.
    """
    return _fold(read(data))


def _fold(stored: Stored) -> Fold:
    rest = _decode_rest(stored.rest)
    return Fold(
        signals={signal: packing.unpack(days) for signal, days in stored.buckets.items()},
        live=Lane(RING, _keys(rest.ring), rest.floor),
        pruned=rest.pruned,
        untimed=rest.untimed,
        traits=dict(zip(stored.values, map(Trait, stored.values.values(), _keys(rest.keys)), strict=True)),
        past=_decode_past(zlib.decompress(rest.past)) if isinstance(rest.past, bytes) else rest.past,
        identities=set(rest.identities),
        deals=rest.deals,
        permissions=rest.permissions or _as_permissions(rest.consent),
        verdicts=rest.verdicts,
        first=rest.first,
        imported=_imported(rest),
        account=stored.account,
        companies=stored.companies,
    )


def _as_permissions(consent: tuple[bytes, bool] | None) -> dict[str, Permissions]:
    if consent is None:
        return {}
    key, given = consent
    return {CONSENT: (Permission(key, "consent_given" if given else "consent_withdrawn", ""),)}


def _imported(rest: _Rest) -> Lane:
    """Of an item without it: whatever lies at or below what was applied may have been, and its day is recounted."""
    if rest.imported is None:
        return Lane(IMPORTED_RING, floor=rest.ring[-_KEY:] or rest.floor)
    return Lane(IMPORTED_RING, _keys(rest.imported[0]), rest.imported[1])


def _keys(joined: bytes) -> list[bytes]:
    return list(unpack(f"{_KEY}s" * (len(joined) // _KEY), joined))


def _packed_past(past: Mapping[str, Changes]) -> dict[str, Changes] | bytes:
    ordered = dict(sorted(past.items()))
    return ordered if sum(map(len, past.values())) <= _FEW_PAST else zlib.compress(_encode(ordered))


def _packed(signals: Mapping[str, Mapping[int, int]]) -> dict[str, Buckets] | bytes:
    ordered = sorted(signals.items())
    if sum(map(len, signals.values())) <= _FEW:
        return {signal: packing.pack(days) for signal, days in ordered}
    columns = [(signal, _differences(sorted(days)), [days[day] for day in sorted(days)]) for signal, days in ordered]
    return zlib.compress(_encode(columns))


def _unpacked(data: bytes) -> dict[str, Buckets]:
    """A lead's whole history: gaps between days and counts are small and much alike, so little is left of them."""
    return {
        signal: packing.pack(dict(zip(accumulate(gaps), counts, strict=True)))
        for signal, gaps, counts in _decode_columns(zlib.decompress(data))
    }


def _differences(days: Iterable[int]) -> list[int]:
    ordered = list(days)
    return [day - before for before, day in zip([0, *ordered], ordered, strict=False)]
