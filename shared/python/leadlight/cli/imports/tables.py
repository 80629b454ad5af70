"""Files as rows of cells: CSV, JSONL, Parquet. Nested values stand under dotted names."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from leadlight.activity import Scalar
from leadlight.cli.errors import OperatorError
from leadlight.cli.imports import parquet

_DELIMITERS = ",;\t|"
Values = Mapping[str, Scalar]
Line = tuple[int, Values, str]  # its number, its cells, and what is wrong with it where something is


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows: its columns, how many rows it has, and a digest of its bytes."""

    path: Path
    columns: list[str]
    rows: int
    digest: bytes
    read: Callable[[], Iterator[Line]]


def read_table(path: Path) -> Table:
    """A file by the end of its name: `.jsonl` or `.ndjson`, `.parquet`, and CSV for any other.

    CSV is in UTF-8, with a header; commas, semicolons, tabs or bars between the cells.

    Raises:
        OperatorError: it is none.
    """
    readers = {".jsonl": _jsonl, ".ndjson": _jsonl, ".parquet": _parquet}
    columns, rows, read = readers.get(path.suffix.lower(), _csv)(path)
    with path.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").digest()
    return Table(path, columns, rows, digest, read)


Read = tuple[list[str], int, Callable[[], Iterator[Line]]]


def _csv(path: Path) -> Read:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
        delimiter = max(_DELIMITERS, key=first.count)
        rows = _cells(path, delimiter)
        _, header = next(rows, (1, []))
        columns = [name.strip() for name in header]
        count = sum(1 for _ in rows)
    except UnicodeDecodeError as error:
        raise OperatorError(f"{path} is not in UTF-8; save it as `CSV UTF-8`: {error}") from error
    except csv.Error as error:
        raise OperatorError(f"{path} is no CSV file: {error}") from error
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if not any(columns) or twice:
        what = f"has the column {twice[0]!r} twice" if any(columns) else "is empty"
        raise OperatorError(f"{path} {what}: its first row must name each column once")

    def read() -> Iterator[Line]:
        for number, cells in islice(_cells(path, delimiter), 1, None):
            wrong = "" if len(cells) == len(columns) else f"has {len(cells)} cells, the header has {len(columns)}"
            yield number, dict(zip(columns, cells, strict=False)), wrong

    return columns, count, read


def _cells(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number; an empty one is left out, and counts as a spreadsheet counts it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from ((number, cells) for number, cells in enumerate(csv.reader(file, delimiter=delimiter), 1) if cells)


def _jsonl(path: Path) -> Read:
    columns, count = dict[str, None](), 0
    for _, values, _wrong in _lines(path):
        columns.update(dict.fromkeys(values))
        count += 1
    if not columns:
        raise OperatorError(f"{path} holds no JSON object: write one per line")
    return list(columns), count, lambda: _lines(path)


def _lines(path: Path) -> Iterator[Line]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield number, dict(flat(decode(line.removeprefix(b"\xef\xbb\xbf")))), ""
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                yield number, {}, f"is no JSON object: {error}"


def _parquet(path: Path) -> Read:
    file = parquet.open_file(path)

    def read() -> Iterator[Line]:
        for number, row in enumerate(parquet.rows(path), start=1):
            yield number, dict(flat(row)), ""

    return parquet.columns(file.schema_arrow), file.metadata.num_rows, read


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Scalar]]:
    """The plain values of an object, nested ones under dotted names; a list of plain values as one text with commas."""
    for name, value in values.items():
        match value:
            case dict():
                yield from flat(value, f"{prefix}{name}.")
            case list():
                yield prefix + name, ",".join(str(item) for item in value if isinstance(item, str | int | float))
            case None:
                continue
            case _:
                yield prefix + name, value
