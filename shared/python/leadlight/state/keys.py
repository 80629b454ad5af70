"""Order keys side by side, as a fold's bytes hold them."""

from struct import unpack

KEY = 14  # bytes


def split(joined: bytes) -> list[bytes]:
    """The keys that stand side by side."""
    return list(unpack(f"{KEY}s" * (len(joined) // KEY), joined))


def joined(keys: list[bytes]) -> bytes:
    """The keys side by side; where all are the same, one."""
    return keys[0] if len(set(keys)) == 1 else b"".join(keys)
