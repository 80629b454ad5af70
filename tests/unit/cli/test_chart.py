"""The line of scores: every stroke where it belongs."""

import re
from datetime import date, timedelta

import pytest

from leadlight.cli.chart import chart
from leadlight.cli.histogram import histogram
from leadlight.cli.screen import screen

FIRST = date(2026, 11, 1)


def days(*scores: int, first: date = FIRST) -> list[dict]:
    return [{"date": (first + timedelta(days=n)).isoformat(), "score": score} for n, score in enumerate(scores)]


def drawn(*arguments, width: int = 60) -> list[str]:
    return chart(*arguments, width=width).plain.splitlines()


def test_a_small_line_looks_like_this() -> None:
    """Up on the third day; the threshold across, the coming day dotted behind the seam."""
    rows = drawn(days(0, 0, 100), days(50, first=date(2026, 11, 4)), [{"name": "mql", "score": 45}], width=30)
    assert [row.rstrip() for row in rows] == [
        "100 ┤          ⡏⠉⠉⠉⠉⠄",
        "    │          ⡇    ⠅",
        "    │          ⡇    ⠅",
        " 75 ┤          ⡇    ⠅",
        "    │          ⡇    ⠅",
        "    │          ⡇    ⠅",
        " 50 ┤          ⡇    ⠑⠐⠐⠐⠐",
        "    │╌╌╌╌╌╌╌╌╌╌⡇╌╌╌╌┊╌╌╌╌ mql 45",
        "    │          ⡇    ┊",
        " 25 ┤          ⡇    ┊",
        "    │          ⡇    ┊",
        "    │          ⡇    ┊",
        "  0 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡇    ┊",
        "    └────────────────────",
        "                    Nov 4",
    ]


@pytest.mark.parametrize("width", [20, 60, 100, 240])
@pytest.mark.parametrize("count", [1, 7, 33, 66])
def test_it_fits_the_terminal(width: int, count: int) -> None:
    """However wide it is, and however many days there are; a narrow one gets the narrowest line that can be read."""
    rows = drawn(days(*range(count)), [], [{"name": "a very long name of a line", "score": 60}], width=width)
    assert max(map(len, rows)) <= max(width, 60)
    assert len(rows) == 15


def test_thresholds_on_one_row_share_its_end() -> None:
    """The shorter name first: it is the stage's own."""
    lines = [{"name": "leaves sql", "score": 45}, {"name": "mql", "score": 45}, {"name": "sql", "score": 60}]
    rows = drawn(days(*[50] * 33), [], lines, width=120)
    assert [row.partition("╌ ")[2] for row in rows if "╌" in row] == ["sql 60", "mql 45, leaves sql 45"]


def test_a_histogram_counts_everyone_once(capsys) -> None:
    """Those that stay stand alone; the ends take all that is beyond."""
    screen().print(histogram({0: 7, 1: 1, 5: 2, 6: 4, -1: 3, -100: 5, 30: 1}))
    rows = [re.split(r"\s{2,}", row.strip()) for row in capsys.readouterr().out.splitlines()]
    assert {row[0]: int(row[1]) for row in rows if row[1] != "0"} == {
        "-21 and more": 5, "-1 to -5": 3, "0": 7, "+1 to +5": 3, "+6 to +10": 4, "+21 and more": 1,
    }  # fmt: skip
    assert len(rows) == 11
    assert [len(row[2]) for row in rows if row[0] == "0"] == [40]
