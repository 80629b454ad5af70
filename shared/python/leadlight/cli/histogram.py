"""Counts as bars in the terminal."""

from collections.abc import Mapping

from rich.table import Table

from leadlight.cli.screen import text

_BAR = 40
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_STEP = 5
_FARTHEST = 25


def histogram(by: Mapping[int, int]) -> Table:
    """How many leads move how far: those that stay apart, the others in steps of five points."""
    bands: dict[str, int] = {}
    for low in range(-_FARTHEST, _FARTHEST + 1, _STEP):
        bands[_name(low)] = 0
    for move, count in by.items():
        bands[_name(_low(move))] += count
    table = Table(box=None, padding=(0, 1), pad_edge=False, show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    most = max(bands.values(), default=0) or 1
    for name, count in bands.items():
        style = "red" if name.startswith("-") else "green" if name.startswith("+") else "dim"
        table.add_row(text(name), text(f"{count:,}"), text(_bar(count / most), style))
    return table


def _low(move: int) -> int:
    """The band of a move by its nearer end: 1 to 5 is 5, -5 to -1 is -5; all beyond the last is in it."""
    far = min(_FARTHEST, -(-abs(move) // _STEP) * _STEP)
    return far if move > 0 else -far


def _name(far: int) -> str:
    if not far:
        return "0"
    sign, near = "+" if far > 0 else "-", abs(far) - _STEP + 1
    return f"{sign}{near} and more" if abs(far) == _FARTHEST else f"{sign}{near} to {sign}{abs(far)}"


def _bar(part: float) -> str:
    whole, eighths = divmod(round(part * _BAR * 8) if part else 0, 8)
    return "█" * whole + (_EIGHTHS[eighths] if eighths else "") or ("▏" if part else "")
