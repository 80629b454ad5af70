"""The fold as bytes: the same fold is always the same bytes, so that two can be compared.

What a score reads comes first: `read` gives that alone, and leaves the rest as it lies. A long history stands apart, as
a base that is seldom written; the bytes then hold the counts that differ from it.
"""

import zlib
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from leadlight.activity import Identity, Scalar
from leadlight.activity.order_key import day_of
from leadlight.guard import Said
from leadlight.scoring import buckets as packing
from leadlight.scoring.buckets import Buckets
from leadlight.state.base import Base
from leadlight.state.columns import packed, unpacked
from leadlight.state.fold import Company, Deal, Fold, Touch, Verdict
from leadlight.state.keys import KEY, joined, split
from leadlight.state.lane import IMPORTED_RING, RING, Lane
from leadlight.state.notes import Notes
from leadlight.state.permission import Permissions, of_consent
from leadlight.state.traits import Changes, Trait, derived

FORMAT = 4
_NAMED = 3  # the format before: beside a history, too, signals went by their names, which are no numbers
_WIDE = 2  # and the one before that: a bucket's day took 16 bits, from 1970 on
_FEW_PAST = 6  # changes of traits that stand as they are; no score of today reads them


class _Rest(msgspec.Struct, array_like=True):
    """What scoring does not read.

    `keys` are the traits' order keys side by side, in the order of their names; a single one is that of all.
    """

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
    added: bool = False  # `past` holds what came since the history was written
    crowds: tuple[int, int] = (0, 0)  # items that were stored before there was a guard end above
    notes: dict[int, Notes] = msgspec.field(default_factory=dict)
    judged: dict[str, Said] = msgspec.field(default_factory=dict)


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
    base: int = 0  # the version of the history that `signals` are beside; 0: there is none

    @property
    def buckets(self) -> Mapping[str, Buckets]:
        """Counts by signal and day."""
        return unpacked(self.signals) if isinstance(self.signals, bytes) else self.signals

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


def own_pairs(fold: Fold, base: Base | None) -> int:
    """How many (signal, day) pairs a fold's own bytes hold beside a history."""
    signals = _beside(fold, base) if base else fold.signals
    return sum(map(len, signals.values()))


def encode(fold: Fold, base: Base | None = None) -> bytes:
    """MessagePack in the order of names and days. About 0.5 KB for a typical lead.

    Args:
        fold: what to encode.
        base: a history that is stored beside it: only the counts that differ are in the bytes.
    """
    signals = _numbered(_beside(fold, base), base) if base else fold.signals
    past, added = _past_beside(fold, base) if base else (fold.past, False)
    traits = dict(sorted(fold.traits.items()))
    rest = _Rest(
        ring=b"".join(fold.live.ring),
        floor=fold.live.floor,
        pruned=fold.pruned,
        untimed=fold.untimed,
        keys=joined([trait.order_key for trait in traits.values()]),
        past=_packed_past(past),
        identities=sorted(fold.identities),
        deals={name: dict(sorted(steps.items())) for name, steps in sorted(fold.deals.items())},
        consent=None,
        verdicts=dict(sorted(fold.verdicts.items())),
        first=fold.first,
        imported=(b"".join(fold.imported.ring), fold.imported.floor),
        permissions=dict(sorted(fold.permissions.items())),
        added=added,
        crowds=(fold.live.crowd, fold.imported.crowd),
        notes={day: dict(sorted(notes.items())) for day, notes in sorted(fold.notes.items())},
        judged=dict(sorted(fold.judged.items())),
    )
    return _encode(
        Stored(
            format=FORMAT,
            signals=packed(signals),
            values={name: trait.value for name, trait in traits.items()},
            since=max((day_of(trait.order_key) for trait in traits.values()), default=-1),
            domain=fold.email_domain,
            rest=msgspec.Raw(_encode(rest)),
            account=fold.account,
            companies={
                name: company._replace(traits=dict(sorted(company.traits.items())))
                for name, company in sorted(fold.companies.items())
            },
            base=base.version if base else 0,
        )
    )


def read(data: bytes, base: Base | None = None) -> Stored:
    """What a score reads of the fold that `encode` wrote.

    Raises:
        ValueError: it is of a format that this version does not read, or needs another history.
    """
    stored = _decode(data)
    if stored.format == _WIDE:
        return _narrowed(stored)
    if stored.format not in (FORMAT, _NAMED):
        raise ValueError(f"fold of format {stored.format}; this version reads format {FORMAT}")
    if stored.base != (base.version if base else 0):
        raise ValueError(f"the fold needs the history of version {stored.base}, not {base and base.version}")
    if base is None:
        return stored
    return msgspec.structs.replace(stored, signals=_joined(stored, base), base=0)


def _narrowed(stored: Stored) -> Stored:
    """A fold of the format before, in this one's."""
    signals = stored.signals
    if isinstance(signals, dict):
        wide = (1 << 16) - 1
        signals = {name: packing.pack({each & wide: each >> 16 for each in days}) for name, days in signals.items()}
    return msgspec.structs.replace(stored, format=FORMAT, signals=signals)


def decode(data: bytes, base: Base | None = None) -> Fold:
    """The fold that `encode` wrote.

    Raises:
        ValueError: it is of a format that this version does not read, or needs another history.
    """
    return _fold(read(data, base), base)


def _fold(stored: Stored, base: Base | None = None) -> Fold:
    rest = _decode_rest(stored.rest)
    signals = {signal: packing.unpack(days) for signal, days in stored.buckets.items()}
    keys = split(rest.keys)
    if len(keys) == 1:
        keys *= len(stored.values)
    fold = Fold(
        signals=signals,
        live=Lane(RING, split(rest.ring), rest.floor, rest.crowds[0]),
        pruned=rest.pruned,
        untimed=rest.untimed,
        traits=dict(zip(stored.values, map(Trait, stored.values.values(), keys), strict=True)),
        past=_decode_past(zlib.decompress(rest.past)) if isinstance(rest.past, bytes) else rest.past,
        identities=set(rest.identities),
        deals=rest.deals,
        permissions=rest.permissions or of_consent(rest.consent),
        verdicts=rest.verdicts,
        first=rest.first,
        imported=_imported(rest),
        account=stored.account,
        companies=stored.companies,
        notes=rest.notes,
        judged=rest.judged,
    )
    if rest.added and base:
        fold.past = _past_joined(fold, base)
    return fold


def _imported(rest: _Rest) -> Lane:
    """Of an item without it: whatever lies at or below what was applied may have been, and its day is recounted."""
    if rest.imported is None:
        return Lane(IMPORTED_RING, floor=rest.ring[-KEY:] or rest.floor, rated=False)
    return Lane(IMPORTED_RING, split(rest.imported[0]), rest.imported[1], rest.crowds[1], rated=False)


def _packed_past(past: Mapping[str, Changes]) -> dict[str, Changes] | bytes:
    ordered = dict(sorted(past.items()))
    return ordered if sum(map(len, past.values())) <= _FEW_PAST else zlib.compress(_encode(ordered))


def _beside(fold: Fold, base: Base) -> dict[str, dict[int, int]]:
    """The counts that differ from a history's; 0 where it counts what the fold does not."""
    found: dict[str, dict[int, int]] = {}
    for signal in sorted(fold.signals.keys() | base.signals.keys()):
        now, then = fold.signals.get(signal, {}), base.signals.get(signal, {})
        days = {day for day, _ in now.items() ^ then.items() if day > fold.pruned}
        if days:
            found[signal] = {day: now.get(day, 0) for day in sorted(days)}
    return found


def _numbered(signals: Mapping[str, dict[int, int]], base: Base) -> dict[str, dict[int, int]]:
    """Counts by signal; one that a history names goes by its number there, since names are most of the bytes."""
    numbers = {name: str(number) for number, name in enumerate(sorted(base.signals))}
    return {numbers.get(name, name): days for name, days in signals.items()}


def _past_beside(fold: Fold, base: Base) -> tuple[Mapping[str, Changes], bool]:
    """The changes of traits that a history lacks, and whether the two together are all of them."""
    fresh = {
        name: tuple(change for change in changes if change not in base.past.get(name, ()))
        for name, changes in fold.past.items()
    }
    added = {name: changes for name, changes in fresh.items() if changes}
    whole = _past_joined(replace(fold, past=added), base) == fold.past
    return (added, True) if whole else (fold.past, False)


def _past_joined(fold: Fold, base: Base) -> dict[str, Changes]:
    """All changes of traits, of a fold that holds those which a history lacks; what is past the depth drops out."""
    joined = replace(fold, traits=dict(fold.traits), past={})
    for name in sorted(base.past.keys() | fold.past.keys()):
        if name in fold.traits:
            known = {*base.past.get(name, ()), *fold.past.get(name, ()), fold.traits[name]}
            joined.keep(name, sorted(known, key=lambda change: change.order_key))
    return joined.past


def _joined(stored: Stored, base: Base) -> dict[str, Buckets]:
    """The history, with the counts that came since, and without those that are pruned since."""
    pruned = _decode_rest(stored.rest).pruned
    joined = {
        signal: {day: count for day, count in counts.items() if day > pruned} for signal, counts in base.signals.items()
    }
    names = {str(number): name for number, name in enumerate(sorted(base.signals))}
    for number, buckets in stored.buckets.items():
        signal = names.get(number, number)
        joined[signal] = joined.get(signal, {}) | packing.unpack(buckets)
    known = {signal: {day: count for day, count in counts.items() if count} for signal, counts in joined.items()}
    return {signal: packing.pack(counts) for signal, counts in sorted(known.items()) if counts}
