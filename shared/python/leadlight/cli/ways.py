"""The cheapest ways to the next stage, as the terminal shows them."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from leadlight.cli.screen import text


def ways_picture(view: Mapping[str, Any] | None) -> RenderableType:
    """What would bring a lead to the next stage; `view` is the `why_not` of the API."""
    if view is None:
        return text("no score leads to a further stage from here", "dim")
    target = view["target"]
    grade = "" if target["grade"] == "D" else f" and grade {target['grade']}"
    goal = f"{target['enter'] or 'the target'} (score {target['score']}{grade})"
    if not view["ways"]:
        return text(f"no short way to {goal}", "dim")
    table = Table(box=None, padding=(0, 1), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for way in view["ways"]:
        table.add_row(text(f"  {way['grade']} {way['score']}", "green"), text(way["words"]))
    return Group(text(f"what would make it {goal}, the least first", "bold"), table)
