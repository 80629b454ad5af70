import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from leadlight.cli import options
from leadlight.cli.help import examples
from leadlight.cli.offline import History, Scored, names_of, read_history, scored, view
from leadlight.cli.picture import picture
from leadlight.cli.screen import print_json, screen
from leadlight.cli.validate import documents
from leadlight.model import Documents
from leadlight.runtime.environment import Environment

_SHOWN = 20  # lines that could not be read
activities = click.option(
    "--activities",
    type=click.File("rb"),
    metavar="FILE.jsonl",
    help="CloudEvents, one per line; `-` reads standard input.",
)


def score_file(
    stream: BinaryIO, *, model: Path, catalogue: Path, as_of: datetime
) -> tuple[Documents, History, list[Scored]]:
    """Scores the leads of a file; what can't be read of it is reported on standard error."""
    found = documents(model, catalogue)
    history = read_history(stream, documents=found, as_of=as_of)
    for line in history.bad[:_SHOWN]:
        click.echo(f"{stream.name}:{line.number}: {line.reason}", err=True)
    if len(history.bad) > _SHOWN:
        click.echo(f"{stream.name}: and {len(history.bad) - _SHOWN:,} lines more", err=True)
    if not (history.bad or history.facts):
        click.echo(f"{stream.name}: no activities in it", err=True)
    for activity_type, count in sorted(history.set_aside.items()):
        click.echo(f"{stream.name}: set aside: no signal reads {activity_type!r} ({count})", err=True)
    leads = scored(history, found, as_of=as_of, retention_days=Environment().retention_days)
    return found, history, leads


def title_of(lead: Scored) -> str:
    """A lead as people know it, and its id."""
    return f"{lead.fold.email or next(names_of(lead.fold), '')} ({lead.lead_id})"


@click.command(
    epilog=examples(
        "score --model model.yaml --activities activities.jsonl --as-of 2026-11-21",
        "score --activities - --as-of 2026-11-21T12:00:00Z --json < activities.jsonl",
    )
)
@options.model
@options.catalogue
@activities
@options.as_of
@options.as_json
@click.option("--skip-bad", is_flag=True, help="Exit with 0 even where lines could not be read.")
def score(  # noqa: PLR0913 - one per option
    *,
    model_path: Path,
    catalogue_path: Path,
    activities: BinaryIO | None,
    as_of: datetime,
    as_json: bool,
    skip_bad: bool,
) -> None:
    """Score the leads of a file, without a stack.

    Each line of the file is one CloudEvent, as POST /v1/activities takes it. Leads that are one person are one
    lead, as on a stack. With --json each line of the output is one lead: lead_id, score, grade, buying_stage, model,
    categories, contributions, unknown. The shares of the contributions add up to the score. Lines that can't be read
    are reported on standard error, and end in exit code 1.
    """
    if activities is None:
        raise click.UsageError("give --activities FILE.jsonl, or --activities - for standard input")
    found, history, leads = score_file(activities, model=model_path, catalogue=catalogue_path, as_of=as_of)
    console = screen()
    for lead in leads:
        if as_json:
            print_json(view(lead, found))
        else:
            console.print(picture(view(lead, found), title=title_of(lead)))
    if history.bad and not skip_bad:
        click.echo(f"{len(history.bad)} lines could not be read; mend them, or give --skip-bad", err=True)
        sys.exit(1)
