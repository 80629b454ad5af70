"""A score as a picture: one bar per contribution, and where points were lost on the way."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadlight.cli.screen import text

BAR = 24
_EVIDENCE = 3
_LOSSES = (("capped", "▓", "cap"), ("decayed", "▒", "decay"), ("limited", "░", "limit"))


def picture(view: Mapping[str, Any], *, title: str) -> RenderableType:
    """A score with every contribution, by category; `view` is what the API and `score --json` show."""
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for heading in ("reason", "points before and after", "share"):
        table.add_column(heading, justify="right" if heading == "share" else "left", no_wrap=True)
    table.add_column("because", overflow="fold")
    longest = max((abs(part["raw"]) for part in view["contributions"]), default=0)
    for category in (*view["categories"], None):
        parts = [part for part in view["contributions"] if part["category"] == category]
        if category and parts:
            points = number(view["categories"][category])
            table.add_row(Text(f"{category}: {points} points, weight {_weight(parts)}", style="bold"))
        for part in parts:
            table.add_row(*_row(part, longest))
    table.add_row(text("total", "bold"), "", Text(str(view["score"]), style="bold"))
    lines: list[RenderableType] = [_heading(view, title), table]
    if view["unknown"]:
        lines.append(text(f"unknown (not zero): {', '.join(view['unknown'])}", "dim"))
    return Group(*lines, Text("█ kept  ▓ over the cap  ▒ faded  ░ over the limit", style="dim"), "")


def number(value: float, *, sign: bool = False) -> str:
    """At most three decimals, as few as it takes: 12, 12.5, +0.125."""
    shown = f"{value:{'+' if sign else ''}.3f}".rstrip("0").rstrip(".")
    return "0" if shown in ("+0", "-0") else shown


def _heading(view: Mapping[str, Any], title: str) -> Text:
    grade = text(f"{view['grade']} {view['score']}", "bold green" if view["grade"] in "AB" else "bold")
    return Text("  ").join((grade, text(title), text(f"{view['buying_stage']}, {view['model']}", "dim")))


def _weight(parts: Iterable[Mapping[str, Any]]) -> int:
    return next((part["weight"] for part in parts if part["weight"]), 0)


def _row(part: Mapping[str, Any], longest: float) -> tuple[Text, Text, Text, Text]:
    style = "red" if part["share"] < 0 else "green"
    return (
        text(f"  {part['label']}"),
        _bar(part, longest, style),
        Text(number(part["share"], sign=True), style=style),
        text(_because(part), "dim"),
    )


def _bar(part: Mapping[str, Any], longest: float, style: str) -> Text:
    """As long as the points before limit, decay and cap; what each of them took is shaded."""
    bar = Text()
    if not part["raw"]:
        return bar
    scale, drawn, reached = BAR / longest, 0, 0.0
    for points, block in ((part["points"], "█"), *((part[name], block) for name, block, _ in _LOSSES)):
        reached += abs(points) * scale
        width = max(round(reached) - drawn, 1 if block == "█" and points else 0)
        bar.append(block * width, style=style if block == "█" else "dim")
        drawn += width
    return bar


def _because(part: Mapping[str, Any]) -> str:
    lost = [f"{word} {number(-part[name], sign=True)}" for name, _, word in _LOSSES[::-1] if part[name]]
    points = f"{number(part['raw'])} {'point' if part['raw'] == 1 else 'points'}" + (
        f", {', '.join(lost)} = {number(part['points'])}" if lost else ""
    )
    evidence = part["evidence"]
    if evidence is None:
        return ""
    if not isinstance(evidence, Mapping):
        return f"{points}: {evidence}"
    days = [f"{day} ({count})" if count > 1 else day for day, count in evidence.items()]
    more = ", and before" if len(days) > _EVIDENCE else ""
    return f"{points}: {', '.join(days[:_EVIDENCE])}{more}"
