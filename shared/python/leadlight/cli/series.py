"""The days behind and ahead of one lead, from a file or a running stack."""

from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import click

from leadlight.activity.order_key import day_number
from leadlight.cli.client import Api
from leadlight.cli.explain import choose
from leadlight.cli.leads import find_lead, title
from leadlight.cli.score import score_file, title_of
from leadlight.scoring import Engine
from leadlight.scoring.history import DEPTH
from leadlight.scoring.outlook import line_view

days = click.option(
    "--days",
    type=click.IntRange(1, DEPTH),
    default=DEPTH,
    show_default=True,
    help="How many days.",
)
url = click.option("--url", envvar="LEADLIGHT_URL", show_envvar=True, metavar="URL", help="Ask a running stack.")


class Series(NamedTuple):
    """A lead's name, and its `history`, `forecast` and `lines` as the API shows them."""

    lead_id: str
    title: str
    view: dict[str, Any]


def series_of_file(  # noqa: PLR0913 - what a file is scored by
    lead: str, stream: BinaryIO, *, model: Path, catalogue: Path, as_of: datetime, days: int
) -> Series:
    """The days of a lead in a file of CloudEvents."""
    found, _, leads = score_file(stream, model=model, catalogue=catalogue, as_of=as_of)
    chosen = choose(leads, lead)
    view = line_view(Engine(found.model), chosen.fold, day_number(as_of), days=days)
    return Series(chosen.lead_id, title_of(chosen), view)


def series_of_stack(lead: str, url: str, *, days: int) -> Series:
    """The days of a lead of a running stack, from today."""
    with Api(url) as api:
        shown = find_lead(api, lead, days=days)
    return Series(shown["lead_id"], title(shown), {name: shown[name] for name in ("history", "forecast", "lines")})


def asked(lead: str, activities: BinaryIO | None, url: str | None, **options: Any) -> Series:
    """The days of a lead from where the operator said.

    Raises:
        click.UsageError: nothing was said.
    """
    if activities is not None:
        return series_of_file(lead, activities, **options)
    if url:
        return series_of_stack(lead, url, days=options["days"])
    raise click.UsageError("give --activities FILE.jsonl to score a file, or --url to ask a stack")
