from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.text import Text

from leadlight.cli import options, series
from leadlight.cli.chart import chart
from leadlight.cli.help import STACK, examples
from leadlight.cli.score import activities
from leadlight.cli.screen import print_json, screen, text


@click.command(
    epilog=examples(
        "history jane@acme.com --activities activities.jsonl --as-of 2026-11-21",
        f"history jane@acme.com --days 14 {STACK}",
    )
)
@click.argument("lead", metavar="LEAD")
@options.model
@options.catalogue
@activities
@options.as_of
@series.days
@series.url
@options.as_json
def history(  # noqa: PLR0913 - one per option
    lead: str,
    *,
    model_path: Path,
    catalogue_path: Path,
    activities: BinaryIO | None,
    as_of: datetime,
    days: int,
    url: str | None,
    as_json: bool,
) -> None:
    """Draw a lead's score over the last days, with the thresholds of the model.

    LEAD is a lead id, an email address, or any identity. Each day's score is worked out of the lead's facts, by
    today's model; none is stored. With --json: lead_id, history (date, score, grade, buying_stage), lines.
    """
    found = series.asked(
        lead, activities, url, model=model_path, catalogue=catalogue_path, as_of=as_of, days=days
    )  # fmt: skip
    past = found.view["history"]
    if as_json:
        print_json({"lead_id": found.lead_id, "history": past, "lines": found.view["lines"]})
        return
    console = screen()
    console.print(heading(past[-1], found.title))
    console.print(chart(past, (), found.view["lines"], width=console.width))
    for before, after in pairwise(past):
        if words := _turn(before, after):
            console.print(text(f"{after['date']}  {words}"))


def heading(day: Mapping[str, Any], title: str) -> Text:
    """A day's score, whose it is."""
    score = text(f"{day['grade']} {day['score']}", "bold green" if day["grade"] in "AB" else "bold")
    return Text("  ").join((score, text(title), text(f"{day['buying_stage']}, {day['date']}", "dim")))


def _turn(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What a day changed beside the score."""
    named = {"grade": "grade", "buying_stage": "buying stage"}
    turns = [f"{words} {before[key]} to {after[key]}" for key, words in named.items() if before[key] != after[key]]
    return ", ".join(turns)
