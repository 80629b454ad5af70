from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from leadlight.activity.order_key import day_number
from leadlight.cli import options
from leadlight.cli.help import examples
from leadlight.cli.moves import changes_picture, moves_picture, moves_view
from leadlight.cli.score import activities, score_file, title_of
from leadlight.cli.screen import print_json, screen
from leadlight.cli.validate import documents
from leadlight.scoring.diff import diff as differences
from leadlight.scoring.moved import moved

_model = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog=examples(
        "diff model.yaml changed.yaml",
        "diff model.yaml changed.yaml --activities activities.jsonl --as-of 2026-11-21",
    )
)
@click.argument("before", type=_model, metavar="BEFORE.yaml")
@click.argument("after", type=_model, metavar="AFTER.yaml")
@options.catalogue
@activities
@options.as_of
@click.option("--top", type=click.IntRange(0), default=10, show_default=True, help="How many movers to name each way.")
@options.as_json
def diff(  # noqa: PLR0913 - one per option
    before: Path,
    after: Path,
    *,
    catalogue_path: Path,
    activities: BinaryIO | None,
    as_of: datetime,
    top: int,
    as_json: bool,
) -> None:
    """Show what changes between two models, in words, and what it does to leads.

    With --activities the leads of the file are scored by both: how many move how far, how many meet each threshold
    newly or no longer, whose grade changes, and who moves farthest. With --json: changes (part, name, field, before,
    after, words), and leads where a file is given.
    """
    old, new = (documents(path, catalogue_path).model for path in (before, after))
    changes = differences(old, new)
    found, titles = None, {}
    if activities is not None:
        _, _, leads = score_file(activities, model=before, catalogue=catalogue_path, as_of=as_of)
        titles = {lead.lead_id: title_of(lead) for lead in leads}
        found = moved(old, new, ((lead.lead_id, lead.fold) for lead in leads), day_number(as_of), top=top)
    if as_json:
        listed = [{**change._asdict(), "kind": change.kind, "words": change.words} for change in changes]
        print_json({"changes": listed, "leads": moves_view(found) if found else None})
        return
    console = screen()
    console.print(changes_picture(changes), soft_wrap=True)  # one line each, for grep
    if found:
        console.print(moves_picture(found, titles))
