import difflib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from leadlight.activity.order_key import day_number
from leadlight.cli import options
from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, examples
from leadlight.cli.leads import find_lead, title
from leadlight.cli.offline import Scored, named, view
from leadlight.cli.picture import picture
from leadlight.cli.score import activities, score_file, title_of
from leadlight.cli.screen import screen
from leadlight.cli.ways import ways_picture
from leadlight.scoring import Engine
from leadlight.scoring.outlook import why_not_view


@click.command(
    epilog=examples(
        "explain jane@acme.com --activities activities.jsonl --as-of 2026-11-21",
        f"explain jane@acme.com {STACK}",
    )
)
@click.argument("lead", metavar="LEAD")
@options.model
@options.catalogue
@activities
@options.as_of
@click.option("--url", envvar="LEADLIGHT_URL", show_envvar=True, metavar="URL", help="Ask a running stack instead.")
def explain(  # noqa: PLR0913 - one per option
    lead: str,
    *,
    model_path: Path,
    catalogue_path: Path,
    activities: BinaryIO | None,
    as_of: datetime,
    url: str | None,
) -> None:
    """Show where a lead's score comes from: a bar per reason, with what limit, decay and cap took.

    Below stand the cheapest ways to the next stage: how often a signal would have to come, which traits are not known.
    LEAD is a lead id, an email address, or any identity (`user:42`, `hubspot:1051`). With --activities the file
    is scored, without a stack; else the stack at --url is asked for its score of today.
    """
    console = screen()
    if activities is not None:
        found, _, leads = score_file(activities, model=model_path, catalogue=catalogue_path, as_of=as_of)
        chosen = choose(leads, lead)
        console.print(picture(view(chosen, found), title=title_of(chosen)))
        ways = why_not_view(Engine(found.model), chosen.fold, day_number(as_of))
    elif url:
        with Api(url) as api:
            shown = find_lead(api, lead)
        console.print(picture(shown, title=title(shown)))
        ways = shown["why_not"]
    else:
        raise click.UsageError("give --activities FILE.jsonl to score a file, or --url to ask a stack")
    console.print(ways_picture(ways))


def choose(leads: Sequence[Scored], name: str) -> Scored:
    """The lead of a file that a name names.

    Raises:
        OperatorError: there is none, or there are several.
    """
    found = list(named(leads, name))
    if len(found) == 1:
        return found[0]
    if found:
        raise OperatorError(f"{name} names several leads; choose one: {', '.join(lead.lead_id for lead in found)}")
    known = sorted({name for lead in leads for name in lead.names})
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "`leadlight score` lists the leads of the file"
    raise OperatorError(f"no lead {name} in the file by this time; {hint}")
