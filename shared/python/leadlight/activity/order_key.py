"""The order key: when a fact occurred, then which fact it is. Byte order is the order of time."""

import base64
import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

DAY_MS = 86_400_000
MINUTE_MS = 60_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MILLISECOND = timedelta(milliseconds=1)
_TIME_BYTES = 6


def timestamp(moment: datetime) -> str:
    """UTC with exactly three decimals, so that text order is the order of time: 2026-11-21T19:24:00.123Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970-01-01 UTC, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def moment_of(milliseconds: int) -> datetime:
    """The moment, in UTC, of milliseconds since 1970-01-01."""
    return _EPOCH + milliseconds * _MILLISECOND


@lru_cache(4096)  # of one batch each is asked for again and again
def fact_hash(source: str, source_id: str) -> bytes:
    """64 bits that name a fact: two facts of one lead in one millisecond never share them."""
    return hashlib.blake2b(f"{source}\0{source_id}".encode(), digest_size=8).digest()


def hash_text(digest: bytes) -> str:
    """A fact's hash as the 13 characters that stand in its sort key."""
    return base64.b32encode(digest).decode().rstrip("=").lower()


def order_key(occurred_at: datetime, digest: bytes) -> bytes:
    """14 bytes: milliseconds since 1970 (6, big endian), then the fact's hash (8)."""
    return milliseconds(occurred_at).to_bytes(_TIME_BYTES, "big") + digest


def milliseconds_of(key: bytes) -> int:
    """The moment that an order key holds, in milliseconds since 1970."""
    return int.from_bytes(key[:_TIME_BYTES], "big")


def minute_of(key: bytes) -> int:
    """The minute that an order key falls in, as minutes since 1970-01-01."""
    return milliseconds_of(key) // MINUTE_MS


def at_least(milliseconds: int) -> bytes:
    """Stands at or below every order key of a millisecond, and above every one before."""
    return max(milliseconds, 0).to_bytes(_TIME_BYTES, "big")


def day_of(key: bytes) -> int:
    """The day that an order key falls on, as days since 1970-01-01."""
    return milliseconds_of(key) // DAY_MS


def last_of_day(day: int) -> bytes:
    """Stands at or above every order key of the day, and below every one of the next."""
    return ((day + 1) * DAY_MS - 1).to_bytes(_TIME_BYTES, "big") + b"\xff" * 8


def day_number(moment: datetime) -> int:
    """The UTC day of a moment, as days since 1970-01-01."""
    return moment.astimezone(UTC).toordinal() - _EPOCH_ORDINAL


def day_text(day: int) -> str:
    """A day number as 2026-11-21."""
    return date.fromordinal(_EPOCH_ORDINAL + day).isoformat()
