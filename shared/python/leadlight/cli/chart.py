"""A line of scores in the terminal: days to the right, 0 to 100 upward, thresholds across."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rich.text import Text

from leadlight.cli.screen import text

Day = Mapping[str, Any]  # date, score
ROWS = 13
_TOP = 100
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # braille: four rows of two
_BLANK = 0x2800
_AXIS = 5
_NARROWEST = 20
_TICKS = 7  # days
_HEIGHT = ROWS * 4 - 1


class _Canvas:
    """Dots, two by four in a cell. A later stroke gives a cell its style."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._cells = [[0] * width for _ in range(ROWS)]
        self._styles = [[""] * width for _ in range(ROWS)]

    def dot(self, x: int, y: int, style: str) -> None:
        row, column = ROWS - 1 - y // 4, x // 2
        self._cells[row][column] |= _DOTS[3 - y % 4][x % 2]
        self._styles[row][column] = style

    def row(self, row: int, *, dashed: bool, seam: int | None) -> Text:
        """A row of cells; where there is no dot, a threshold or the seam shows."""
        line = Text()
        for column, (dots, style) in enumerate(zip(self._cells[row], self._styles[row], strict=True)):
            if dots:
                line.append(chr(_BLANK + dots), style)
            elif column == seam:
                line.append("┊", "dim")
            else:
                line.append("╌" if dashed else " ", "dim")
        return line


def chart(past: Sequence[Day], coming: Sequence[Day], lines: Sequence[Mapping[str, Any]], *, width: int) -> Text:
    """The scores of past and coming days as steps: a score is one for a whole day.

    Coming days are dotted. `lines` are thresholds (name, score); their names stand at the right end.
    """
    days = [*past, *coming]
    names = {row: name[: width // 4] for row, name in _names(lines).items()}
    room = width - _AXIS - max(map(len, names.values()), default=0) - 1
    each = max(1, 2 * max(room, _NARROWEST) // len(days))  # dots
    canvas = _Canvas(-(-each * len(days) // 2))
    _stroke(canvas, days, each, first_coming=len(past))
    seam = each * len(past) // 2 if past and coming else None
    shown = Text()
    for row in range(ROWS):
        shown.append(_scale(row))
        shown.append_text(canvas.row(row, dashed=row in names, seam=seam))
        if row in names:
            shown.append_text(text(f" {names[row]}", "dim"))
        shown.append("\n")
    shown.append(" " * (_AXIS - 1) + "└" + "─" * canvas.width + "\n" + " " * _AXIS)
    return shown.append(_dates(days, each, canvas.width))


def _stroke(canvas: _Canvas, days: Sequence[Day], each: int, *, first_coming: int) -> None:
    before = None
    for number, day in enumerate(days):
        left, here, coming = number * each, _dot_of(day["score"]), number >= first_coming
        style = "yellow" if coming else "bold green"
        for y in range(*sorted((here, here if before is None else before))):
            if not coming or y % 2:
                canvas.dot(left, y, style)
        for x in range(left, left + each):
            if not coming or x % 2:
                canvas.dot(x, here, style)
        before = here


def _dot_of(score: int) -> int:
    return round(score * _HEIGHT / _TOP)


def _row_of(score: int) -> int:
    return ROWS - 1 - _dot_of(score) // 4


def _names(lines: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """What stands at a row's right end: shorter names first, where there is no room for all."""
    names: dict[int, str] = {}
    for line in sorted(lines, key=lambda line: (-line["score"], len(line["name"]))):
        row, name = _row_of(line["score"]), f"{line['name']} {line['score']}"
        names[row] = f"{names[row]}, {name}" if row in names else name
    return names


def _scale(row: int) -> str:
    marks = {_row_of(score): score for score in (0, 25, 50, 75, 100)}
    return f"{marks[row]:>{_AXIS - 2}} ┤" if row in marks else " " * (_AXIS - 1) + "│"


def _dates(days: Sequence[Day], each: int, width: int) -> str:
    """A date below its day, a week apart, the last day's at the end of a week."""
    cells = [" "] * (width + _AXIS)
    for number in range((len(days) - 1) % _TICKS, len(days), _TICKS):
        day = date.fromisoformat(days[number]["date"])
        shown, start = f"{day:%b} {day.day}", number * each // 2
        if not "".join(cells[max(0, start - 1) : start + len(shown)]).strip():
            cells[start : start + len(shown)] = shown
    return "".join(cells).rstrip()
