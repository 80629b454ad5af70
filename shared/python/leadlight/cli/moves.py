"""What a change of the model does to leads, as the terminal and JSON show it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from leadlight.cli.histogram import histogram
from leadlight.cli.screen import text
from leadlight.scoring.diff import Change
from leadlight.scoring.moved import Move, Moves
from leadlight.scoring.outlook import totals_view

_STYLES = {"added": "green", "removed": "red", "changed": "yellow"}
_MARKS = {"added": "+", "removed": "-", "changed": "~"}


def changes_picture(changes: Sequence[Change]) -> RenderableType:
    """One line per change."""
    if not changes:
        return text("the models say the same", "dim")
    return Group(*(text(f"{_MARKS[change.kind]} {change.words}", _STYLES[change.kind]) for change in changes))


def moves_picture(moves: Moves, titles: Mapping[str, str]) -> RenderableType:
    """How many move, over what, how far; and who moves farthest."""
    head = f"{moves.leads:,} leads: {moves.higher:,} higher, {moves.lower:,} lower, {moves.by[0]:,} the same"
    parts: list[RenderableType] = ["", text(head, "bold"), histogram(moves.by), "", _thresholds(moves)]
    graded = [
        f"{before} to {after}: {count:,}" for (before, after), count in sorted(moves.grades.items()) if before != after
    ]
    parts.append(text(f"grades: {', '.join(graded) or 'all the same'}"))
    for name, movers in (("up", moves.up), ("down", moves.down)):
        if movers:
            parts += ["", text(f"farthest {name}", "bold"), _movers(movers, titles)]
    return Group(*parts)


def moves_view(moves: Moves) -> dict[str, Any]:
    """Moves as JSON."""
    return {
        "leads": moves.leads,
        "higher": moves.higher,
        "lower": moves.lower,
        "moves": {str(by): count for by, count in sorted(moves.by.items())},
        "thresholds": {
            stage: {"before": crossed.before, "after": crossed.after, "up": crossed.up, "down": crossed.down}
            for stage, crossed in moves.thresholds.items()
        },
        "grades": _pairs(moves.grades),
        "buying_stages": _pairs(moves.buying_stages),
        "up": [_view(move) for move in moves.up],
        "down": [_view(move) for move in moves.down],
    }


def _thresholds(moves: Moves) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    for heading in ("threshold", "met before", "met after", "newly", "no longer"):
        table.add_column(heading, justify="left" if heading == "threshold" else "right")
    for stage, crossed in moves.thresholds.items():
        counts = (crossed.before, crossed.after, crossed.up, crossed.down)
        table.add_row(text(stage), *(text(f"{count:,}") for count in counts))
    return table


def _movers(movers: Iterable[Move], titles: Mapping[str, str]) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False, show_header=False)
    for move in movers:
        scores = f"{move.before.grade} {move.before.score} to {move.after.grade} {move.after.score}"
        style = "green" if move.by > 0 else "red"
        table.add_row(text(f"{move.by:+}", style), text(scores), text(titles.get(move.lead_id, move.lead_id)))
    return table


def _view(move: Move) -> dict[str, Any]:
    before, after = totals_view(move.before), totals_view(move.after)
    return {"lead_id": move.lead_id, "by": move.by, "before": before, "after": after}


def _pairs(counts: Mapping[Any, int]) -> list[dict[str, Any]]:
    return [{"before": before, "after": after, "leads": count} for (before, after), count in sorted(counts.items())]
