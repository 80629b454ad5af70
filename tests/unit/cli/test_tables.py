"""Files as rows of cells: JSONL and Parquet beside CSV."""

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from leadlight.cli.errors import OperatorError
from leadlight.cli.imports.rows import text
from leadlight.cli.imports.tables import read_table


def rows(path: Path) -> list[tuple[int, dict[str, Any], str]]:
    return [(number, dict(values), wrong.partition(":")[0]) for number, values, wrong in read_table(path).read()]


def test_nested_objects_stand_under_dotted_names(tmp_path) -> None:
    """Lists become one text, nulls are absent, and columns are those of all lines."""
    path = tmp_path / "events.jsonl"
    path.write_text(
        '{"user": {"email": "a@b.io", "tags": ["x", 2]}, "n": null}\n\n{"n": 1, "deep": {"er": {"x": true}}}\n'
    )
    table = read_table(path)
    assert (table.columns, table.rows) == (["user.email", "user.tags", "n", "deep.er.x"], 2)
    assert rows(path) == [
        (1, {"user.email": "a@b.io", "user.tags": "x,2"}, ""),
        (3, {"n": 1, "deep.er.x": True}, ""),
    ]


def test_a_line_that_is_no_object_is_told_and_the_others_are_read(tmp_path) -> None:
    """By its number in the file."""
    path = tmp_path / "events.ndjson"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n[1]\n{"a"\n"\xff"\n{"a": 2}\n')
    assert [(number, wrong) for number, _, wrong in rows(path)] == [
        (1, ""), (2, "is no JSON object"), (3, "is no JSON object"), (4, "is no JSON object"), (5, ""),
    ]  # fmt: skip


def test_a_file_of_nothing_is_told(tmp_path) -> None:
    """Empty, or of lines that are no objects."""
    path = tmp_path / "events.jsonl"
    path.write_text("\n1\n")
    with pytest.raises(OperatorError, match="holds no JSON object"):
        read_table(path)


def test_parquet_gives_the_same_cells(tmp_path) -> None:
    """Structs under dotted names; times as ISO 8601, nanoseconds too; decimals as text; what is no number is absent."""
    path = tmp_path / "deals.parquet"
    moment = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
    columns = {
        "id": pa.array([1, None]),
        "at": pa.array([moment, moment], pa.timestamp("ns", "UTC")),
        "day": pa.array([date(2026, 11, 1), None]),
        "worth": pa.array([Decimal("12.50"), None]),
        "rate": pa.array([0.5, float("nan")]),
        "user": pa.array([{"email": "a@b.io", "at": {"city": "Bern"}}, None]),
    }
    parquet.write_table(pa.table(columns), path)
    table = read_table(path)
    assert (table.columns, table.rows) == (["id", "at", "day", "worth", "rate", "user.email", "user.at.city"], 2)
    at = "2026-11-01T12:30:00+00:00"
    first = {"id": 1, "at": at, "day": "2026-11-01", "worth": "12.50", "rate": 0.5}
    assert rows(path) == [(1, {**first, "user.email": "a@b.io", "user.at.city": "Bern"}, ""), (2, {"at": at}, "")]


def test_without_pyarrow_it_says_how_to_install_it(tmp_path, monkeypatch) -> None:
    """Nothing else needs it."""
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    with pytest.raises(OperatorError, match="is no Parquet file"):
        read_table(tmp_path / "x.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(OperatorError, match=r"pip install 'leadlight\[import\]'"):
        read_table(tmp_path / "x.parquet")


def test_an_id_is_the_same_whether_its_tool_knows_whole_numbers_or_not() -> None:
    """A column of whole numbers with gaps comes as 42.0 from some tools."""
    assert [text(value) for value in (42, 42.0, "42", 4.5)] == ["42", "42", "42", "4.5"]
