"""Rows side by side in requests that the API takes."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter

from leadlight.cli.imports.rows import Row
from leadlight.runtime.http import MAX_BODY

_BRACKETS = 2
_WINDOW = 50_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that go in one request; `number` counts from 0."""

    number: int
    rows: tuple[Row, ...]

    @property
    def body(self) -> bytes:
        """A JSON array."""
        return b"[" + b",".join(row.document for row in self.rows) + b"]"

    @property
    def digest(self) -> str:
        """Names what the batch holds."""
        return hashlib.blake2b(self.body, digest_size=8).hexdigest()


def by_lead(rows: Iterable[Row], *, window: int = _WINDOW) -> Iterator[Row]:
    """The rows of a lead side by side, oldest first: a lead whose facts come together is written once for all of them.

    Within so many rows of the file, which is what is held in memory.
    """
    left = iter(rows)
    while held := list(islice(left, window)):
        yield from sorted(held, key=attrgetter("place"))


def batches(rows: Iterable[Row], *, size: int, limit: int = MAX_BODY) -> Iterator[Batch]:
    """At most `size` rows and `limit` bytes each; the same rows give the same batches."""
    number, held, weight = 0, list[Row](), _BRACKETS
    for row in rows:
        if held and (len(held) == size or weight + len(row.document) + 1 > limit):
            yield Batch(number, tuple(held))
            number, held, weight = number + 1, [], _BRACKETS
        held.append(row)
        weight += len(row.document) + 1
    if held:
        yield Batch(number, tuple(held))
