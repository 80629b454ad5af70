"""The rows of a CSV file as CloudEvents."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from leadlight import sources
from leadlight.activity import Scalar
from leadlight.activity.order_key import timestamp
from leadlight.cli.errors import OperatorError
from leadlight.cli.imports.mapping import Cell, Mapping, TimePart
from leadlight.problems import Problem
from leadlight.sources import cloudevents

_DELIMITERS = ",;\t|"
_EPOCH = datetime.fromtimestamp(0, UTC)
_FIRST_ROW = 2  # the header is row 1, as in a spreadsheet


class Refused(msgspec.Struct, frozen=True):
    """A row that was not recorded: its number (the header is row 1), why, and what it held."""

    row: int
    reason: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row and the CloudEvent that it states, as JSON."""

    number: int
    values: dict[str, str]
    event: bytes


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its columns, how many rows it has, and a digest of its bytes."""

    path: Path
    delimiter: str
    columns: list[str]
    rows: int
    digest: bytes

    def events(self, mapping: Mapping, activity_type: str) -> Iterator[Row | Refused]:
        """Every row as an event, or why it is none. The same file and mapping give the same events."""
        for number, cells in enumerate(self._read(), start=_FIRST_ROW):
            values = dict(zip(self.columns, cells, strict=False))
            try:
                if len(cells) != len(self.columns):
                    raise ValueError(f"has {len(cells)} cells, the header has {len(self.columns)}")  # noqa: TRY301
                event = _event(values, mapping, activity_type)
            except Problem as found:
                yield Refused(number, f"{found.field}: {found.detail}", values)
            except ValueError as error:
                yield Refused(number, str(error), values)
            else:
                yield Row(number, values, msgspec.json.encode(event))

    def _read(self) -> Iterator[list[str]]:
        rows = _rows(self.path, self.delimiter)
        next(rows)
        return rows


def read_table(path: Path) -> Table:
    """A CSV file in UTF-8, with a header; commas, semicolons, tabs or bars between the cells.

    Raises:
        OperatorError: it is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
        delimiter = max(_DELIMITERS, key=first.count)
        rows = _rows(path, delimiter)
        columns = [name.strip() for name in next(rows, [])]
        count = sum(1 for _ in rows)
    except UnicodeDecodeError as error:
        raise OperatorError(f"{path} is not in UTF-8; save it as `CSV UTF-8`: {error}") from error
    except csv.Error as error:
        raise OperatorError(f"{path} is no CSV file: {error}") from error
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if not any(columns) or twice:
        what = f"has the column {twice[0]!r} twice" if any(columns) else "is empty"
        raise OperatorError(f"{path} {what}: its first row must name each column once")
    with path.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").digest()
    return Table(path, delimiter, columns, count, digest)


def _rows(path: Path, delimiter: str) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from filter(None, csv.reader(file, delimiter=delimiter))


def _event(values: dict[str, str], mapping: Mapping, activity_type: str) -> dict[str, Any]:
    """The CloudEvent of a row. An empty cell is absent, not zero and not an empty text."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": ":".join(_required(values, column) for column in mapping.id),
        "source": mapping.source,
        "type": activity_type,
    }
    if mapping.time:
        event["time"] = timestamp(_moment(values, mapping.time))
    lead: dict[str, Any] = _filled(values, {name: cell for name, cell in mapping.lead if isinstance(cell, Cell)})
    data = {
        "lead": lead | {"ids": _filled(values, mapping.lead.ids)},
        "traits": _filled(values, mapping.traits),
        "properties": _filled(values, mapping.properties),
    }
    event["data"] = {name: part for name, part in data.items() if part}
    activity = cloudevents.activity(event)
    # Whether it is too far ahead is for the receiver to say; all else can be told here.
    sources.checked(activity, now=activity.occurred_at or _EPOCH)
    return event


def _filled(values: dict[str, str], cells: dict[str, Cell]) -> dict[str, Scalar]:
    found = {name: _value(values, cell) for name, cell in cells.items()}
    return {name: value for name, value in found.items() if value is not None}


def _value(values: dict[str, str], cell: Cell) -> Scalar | None:
    return cell.value if cell.column is None else values[cell.column].strip() or None


def _required(values: dict[str, str], column: str) -> str:
    value = values[column].strip()
    if not value:
        raise ValueError(f"{column} is empty, and the mapping needs it")
    return value


def _moment(values: dict[str, str], time: TimePart) -> datetime:
    value = _required(values, time.column)
    try:
        found = datetime.strptime(value, time.format) if time.format else datetime.fromisoformat(value)  # noqa: DTZ007
    except ValueError as error:
        form = f"of the format {time.format}" if time.format else "such as 2026-11-21 or 2026-11-21 19:24:00"
        raise ValueError(f"{time.column} must be a time {form}, found {value!r}") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
