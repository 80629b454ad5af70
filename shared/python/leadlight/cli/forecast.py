from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from leadlight.cli import options, series
from leadlight.cli.chart import chart
from leadlight.cli.help import STACK, examples
from leadlight.cli.history import heading
from leadlight.cli.score import activities
from leadlight.cli.screen import print_json, screen, text


@click.command(
    epilog=examples(
        "forecast jane@acme.com --activities activities.jsonl --as-of 2026-11-21",
        f"forecast jane@acme.com --days 14 {STACK}",
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
def forecast(  # noqa: PLR0913 - one per option
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
    """Draw a lead's score over the coming days if it does nothing more, and what it will cross.

    LEAD is a lead id, an email address, or any identity. Points fade and windows end; below the line stand the days
    on which a threshold, a grade or a buying stage changes. The days before are drawn too. With --json: lead_id,
    forecast (days, crossings), lines.
    """
    found = series.asked(
        lead, activities, url, model=model_path, catalogue=catalogue_path, as_of=as_of, days=days
    )  # fmt: skip
    view = found.view
    if as_json:
        print_json({"lead_id": found.lead_id, "forecast": view["forecast"], "lines": view["lines"]})
        return
    console = screen()
    past, coming = view["history"], view["forecast"]["days"][1:]
    console.print(heading(past[-1], found.title))
    console.print(chart(past, coming, view["lines"], width=console.width))
    for crossing in view["forecast"]["crossings"]:
        console.print(text(f"{crossing['date']}  {crossing['words']}"))
    if not view["forecast"]["crossings"]:
        console.print(text(f"no threshold, grade or buying stage changes in {days} days", "dim"))
