"""The fold as bytes: the same fold is always the same bytes, so that two can be compared."""

from itertools import accumulate
from typing import Any

import msgspec

from leadlight.activity import Identity
from leadlight.state.fold import Deal, Fold, Touch, Trait, Verdict

FORMAT = 1
_KEY = 14


def encode(fold: Fold) -> bytes:
    """MessagePack in a fixed order; days as differences, order keys side by side. About 0.5 KB for a typical lead."""
    return msgspec.msgpack.encode(
        [
            FORMAT,
            [[signal, *_differences(days)] for signal, days in sorted(fold.signals.items())],
            b"".join(fold.ring),
            fold.floor,
            fold.pruned,
            fold.untimed,
            [[name, *trait] for name, trait in sorted(fold.traits.items())],
            sorted(fold.identities),
            [[name, sorted(steps.items())] for name, steps in sorted(fold.deals.items())],
            fold.consent,
            sorted(fold.verdicts.items()),
            fold.first,
        ]
    )


def decode(data: bytes) -> Fold:
    """The fold that `encode` wrote.

    Raises:
        ValueError: it is of a format that this version does not read.
    """
    stored: list[Any] = msgspec.msgpack.decode(data)
    if stored[0] != FORMAT:
        raise ValueError(f"fold of format {stored[0]}; this version reads format {FORMAT}")
    _, signals, ring, floor, pruned, untimed, traits, identities, deals, consent, verdicts, first = stored
    return Fold(
        signals={row[0]: dict(zip(accumulate(row[1::2]), row[2::2], strict=True)) for row in signals},
        ring=[ring[start : start + _KEY] for start in range(0, len(ring), _KEY)],
        floor=floor,
        pruned=pruned,
        untimed=untimed,
        traits={name: Trait(value, key) for name, value, key in traits},
        identities={Identity(*identity) for identity in identities},
        deals={name: {status: Deal(*deal) for status, deal in steps} for name, steps in deals},
        consent=tuple(consent) if consent else None,
        verdicts={name: Verdict(*verdict) for name, verdict in verdicts},
        first=Touch(*first) if first else None,
    )


def _differences(days: dict[int, int]) -> list[int]:
    flat: list[int] = []
    previous = 0
    for day, count in sorted(days.items()):
        flat += (day - previous, count)
        previous = day
    return flat
