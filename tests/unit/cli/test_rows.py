"""Rows of a file as CloudEvents."""

import json
from pathlib import Path

import pytest

from leadlight.cli.errors import OperatorError
from leadlight.cli.imports.batches import batches, by_lead
from leadlight.cli.imports.mapping import read_mapping
from leadlight.cli.imports.rows import Refused, Row, stated
from leadlight.cli.imports.rows import events as of_mapping
from leadlight.cli.imports.tables import read_table

MAP = """
source: import:crm
id: [id, deal]
time: closed
lead: {email: email, ids: {crm: id}}
traits: {job_title: title, country: {value: DE}}
properties: {deal_id: deal, amount: worth, currency: {value: EUR}}
"""
HEADER = "id,deal,closed,email,title,worth\n"


def events(tmp_path: Path, content: str | bytes, mapping: str = MAP) -> list[Row | Refused]:
    path = tmp_path / "deals.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "map.yaml").write_text(mapping)
    table = read_table(path)
    found = read_mapping(tmp_path / "map.yaml", kind="deals", columns=table.columns, file=path.name)
    return list(stated(table, of_mapping(found, kind="deals")))


def event(tmp_path: Path, content: str | bytes, mapping: str = MAP) -> dict:
    (row,) = events(tmp_path, content, mapping)
    assert isinstance(row, Row), row
    return json.loads(row.document)


def test_a_row_is_a_cloudevent_named_by_its_id_columns(tmp_path) -> None:
    """The same row is the same event, whenever it is imported."""
    assert event(tmp_path, HEADER + "7,d1,2026-02-26 19:58:54,Ann@Acme.com,CTO,1200.50\n") == {
        "specversion": "1.0",
        "id": "7:d1",
        "source": "import:crm",
        "type": "deal_won",
        "time": "2026-02-26T19:58:54.000Z",
        "data": {
            "lead": {"email": "Ann@Acme.com", "ids": {"crm": "7"}},
            "traits": {"job_title": "CTO", "country": "DE"},
            "properties": {"deal_id": "d1", "amount": "1200.50", "currency": "EUR"},
        },
    }


def test_an_empty_cell_is_absent(tmp_path) -> None:
    """Not an empty text, not zero; `unknown` is an answer."""
    data = event(tmp_path, HEADER + "7,d1,2026-02-26, ,unknown,\n")["data"]
    assert data["lead"] == {"ids": {"crm": "7"}}
    assert data["traits"]["job_title"] == "unknown"
    assert "amount" not in data["properties"]


@pytest.mark.parametrize(
    ("closed", "form", "moment"),
    [
        ("2026-02-26", None, "2026-02-26T00:00:00.000Z"),
        ("2026-02-26T01:00:00+02:00", None, "2026-02-25T23:00:00.000Z"),
        ("26/02/2026", "%d/%m/%Y", "2026-02-26T00:00:00.000Z"),
    ],
)
def test_times_are_utc_where_they_say_nothing_else(tmp_path, closed: str, form: str | None, moment: str) -> None:
    """Days, moments with a zone, and formats of one's own."""
    mapping = MAP.replace("time: closed", f"time: {{column: closed, format: '{form}'}}") if form else MAP
    assert event(tmp_path, HEADER + f"7,d1,{closed},,,\n", mapping)["time"] == moment


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",d1,2026-02-26,a@b.io,,", "id is empty, and the mapping needs it"),
        ("7,d1,,a@b.io,,", "closed is empty, and the mapping needs it"),
        ("7,d1,soon,a@b.io,,", "closed must be a time such as 2026-11-21"),
        ("7,d1,1969-01-01,a@b.io,,", "time: time lies before 1970"),
        ("7,d1,2026-02-26,nobody,,", "data.lead.email: data.lead.email is not an address: 'nobody'"),
        ("7,d1,2026-02-26,a@b.io,,a lot", "properties.amount: amount must be a number"),
        ('7,d1,2026-02-26,a@b.io,,"12,50"', "properties.amount: amount must be a number"),
        ("7,d1,2026-02-26,a@b.io,,1_250", "properties.amount: amount must be a number"),
        ("7,d1,2026-02-26", "has 3 cells, the header has 6"),
    ],
)
def test_a_row_that_can_not_be_told_is_refused_with_its_number(tmp_path, row: str, reason: str) -> None:
    """Numbered like in a spreadsheet, with its values, and the others go on."""
    refused, kept = events(tmp_path, HEADER + row + "\n8,d2,2026-02-27,c@d.io,,\n")
    assert isinstance(refused, Refused)
    assert (refused.row, kept) == (2, kept)
    assert isinstance(kept, Row)
    assert refused.reason.startswith(reason)


def test_files_as_spreadsheets_write_them_are_read(tmp_path) -> None:
    """A byte order mark, semicolons, Windows line ends, a quoted line break, an empty last line."""
    content = "\ufeff" + HEADER.replace(",", ";") + '7;d1;2026-02-26;;"Chief\nof all";1,200\n\n'
    data = event(tmp_path, content.replace("\n", "\r\n"))["data"]
    assert data["traits"]["job_title"].split() == ["Chief", "of", "all"]
    assert data["properties"]["amount"] == "1,200"


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path) -> None:
    """An empty row is no row of the file, and has its number nevertheless."""
    rows = events(tmp_path, HEADER + "\n7,d1,2026-02-26,a@b.io,,\n\n\n8,d2,soon,a@b.io,,\n")
    assert [(type(row), getattr(row, "number", None) or getattr(row, "row", None)) for row in rows] == [
        (Row, 3),
        (Refused, 6),
    ]
    assert read_table(tmp_path / "deals.csv").rows == 2


@pytest.mark.parametrize(
    ("worth", "amount"),
    [("12,50", "12.50"), ("1.250,00", "1250.00"), ("-1.250.000", "-1250000"), ("1250", "1250"), ("", None)],
)
def test_a_column_may_have_a_decimal_comma(tmp_path, worth: str, amount: str | None) -> None:
    """As tables of much of Europe are written, where the mapping says so."""
    mapping = MAP.replace("amount: worth", "amount: {column: worth, decimal: comma}")
    row = HEADER.replace(",", ";") + f"7;d1;2026-02-26;a@b.io;;{worth}\n"
    assert event(tmp_path, row, mapping)["data"]["properties"].get("amount") == amount


@pytest.mark.parametrize(
    ("worth", "decimal", "fix"),
    [
        ("12,50", "", "write {column: ..., decimal: comma} in the mapping"),
        ("1.250,00", "", "write {column: ..., decimal: comma} in the mapping"),
        ("12.50", ", decimal: comma", "worth must be a number such as 1.250,50, found '12.50'"),
        ("1,250.00", ", decimal: comma", "worth must be a number such as 1.250,50"),
        ("1_250", ", decimal: comma", "worth must be a number such as 1.250,50"),
    ],
)
def test_an_amount_that_may_be_another_is_refused_with_the_fix(tmp_path, worth: str, decimal: str, fix: str) -> None:
    """A comma or a point in the wrong place is wrong by a hundred or a thousand: nobody guesses which."""
    mapping = MAP.replace("amount: worth", f"amount: {{column: worth{decimal}}}" if decimal else "amount: worth")
    [refused] = events(tmp_path, HEADER.replace(",", ";") + f"7;d1;2026-02-26;a@b.io;;{worth}\n", mapping)
    assert isinstance(refused, Refused)
    assert fix in refused.reason


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"a,b,a\n", "has the column 'a' twice"),
        ("name\nJürgen\n".encode("latin-1"), "is not in UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_told(tmp_path, content: bytes, problem: str) -> None:
    """What is wrong with it, and what it must be."""
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(OperatorError, match=problem):
        read_table(path)


def test_batches_hold_at_most_so_many_rows_and_bytes() -> None:
    """Nothing is lost between them, and each is what the API takes."""
    rows = [Row(number, {}, b'{"n":"%s"}' % (b"x" * (number % 7 * 10))) for number in range(100)]
    found = list(batches(rows, size=9, limit=300))
    assert [row for batch in found for row in batch.rows] == rows
    assert [batch.number for batch in found] == list(range(len(found)))
    assert all(len(batch.rows) <= 9 and len(batch.body) <= 300 for batch in found)
    assert all(len(json.loads(batch.body)) == len(batch.rows) for batch in found)


def test_the_rows_of_a_lead_come_together_oldest_first() -> None:
    """Within a window of the file; none is lost, and those of no lead stay in their order."""
    rows = [Row(number, {}, b"", (f"lead{number % 3}", f"{9 - number}")) for number in range(8)]
    found = list(by_lead(rows, window=6))
    assert [row.number for row in found] == [3, 0, 4, 1, 5, 2, 6, 7]
    spend = [Row(number, {}, b"") for number in range(5)]
    assert list(by_lead(spend)) == spend
