"""Rows side by side in requests that the API takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leadlight.cli.imports.rows import Row
from leadlight.runtime.ingest import MAX_BODY

_BRACKETS = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that go in one request; `number` counts from 0."""

    number: int
    rows: tuple[Row, ...]

    @property
    def body(self) -> bytes:
        """A CloudEvents batch."""
        return b"[" + b",".join(row.event for row in self.rows) + b"]"


def batches(rows: Iterable[Row], *, size: int, limit: int = MAX_BODY) -> Iterator[Batch]:
    """At most `size` rows and `limit` bytes each; the same rows give the same batches."""
    number, held, weight = 0, list[Row](), _BRACKETS
    for row in rows:
        if held and (len(held) == size or weight + len(row.event) + 1 > limit):
            yield Batch(number, tuple(held))
            number, held, weight = number + 1, [], _BRACKETS
        held.append(row)
        weight += len(row.event) + 1
    if held:
        yield Batch(number, tuple(held))
