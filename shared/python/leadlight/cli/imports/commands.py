import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, block, examples
from leadlight.cli.imports.batches import Batch, batches
from leadlight.cli.imports.checkpoint import Checkpoint, Sent
from leadlight.cli.imports.mapping import Kind, Mapping, read_mapping
from leadlight.cli.imports.rows import Refused, Row, Table, read_table
from leadlight.cli.imports.send import send_all, sender
from leadlight.cli.screen import screen
from leadlight.model.document import InvalidDocument

MAPPING = block(
    "The mapping (YAML) says which column holds what:",
    "  source: import:crm       # with the id it names a row for good: never change it",
    "  id: contact_id           # a column, or a list of columns",
    "  time: created_at         # a column; no zone means UTC. Not ISO 8601? {column: created_at, format: '%d/%m/%Y'}",
    "  lead:                    # who it is: email, user_id, anonymous_id, ids (a tool's own id)",
    "    email: email",
    "    ids: {crm: contact_id}",
    "  traits:                  # what is known of the lead",
    "    job_title: title",
    "    country: {value: DE}   # the same in each row",
    "  properties:              # deals only; deal_id is required",
    "    deal_id: deal",
    "    amount: value",
    "    currency: {value: EUR}",
    "  type: deal_won           # deals only: deal_opened, deal_won (where not given) or deal_lost",
    "An empty cell is absent: unknown is not zero.",
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import", epilog=MAPPING)
def import_() -> None:
    """Import leads or deals from a CSV file, through the API.

    Rows are stored and scored as backfill: nobody is enrolled, handed off or announced for them, unless
    --announce is given. The same file again changes nothing: a row's source and id name it.
    """


def _importing(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments that both imports take."""
    decorators = [
        click.argument("file", type=_FILE, metavar="FILE.csv"),
        click.option("--map", "map_path", type=_FILE, required=True, metavar="MAP.yaml", help="The mapping."),
        click.option("--url", envvar="LEADLIGHT_URL", show_envvar=True, metavar="URL", help="The API: output ApiUrl."),
        click.option(
            "--batch", type=click.IntRange(1, 1000), default=200, show_default=True, help="Most rows per request."
        ),
        click.option("--announce", is_flag=True, help="Decide and announce as for news: hand-offs, campaigns, events."),
        click.option("--dry-run", is_flag=True, help="Send nothing: check every row, and show the first event."),
        click.option(
            "--checkpoints",
            type=click.Path(file_okay=False, path_type=Path),
            default=lambda: Path(click.get_app_dir("leadlight")) / "imports",
            show_default="imports in the folder that your system keeps for leadlight",
            help="Where it is noted what was sent.",
        ),
        click.option(
            "--refused",
            "refused_path",
            type=click.Path(dir_okay=False, path_type=Path),
            show_default="FILE.refused.jsonl",
            help="Where refused rows go, with the reason.",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


@import_.command(
    "leads",
    epilog=examples(
        "import leads leads.csv --map leads.map.yaml --dry-run", f"import leads leads.csv --map leads.map.yaml {STACK}"
    )
    + "\n\n"
    + block(
        "leads.map.yaml (`leadlight import --help` explains it):",
        "  source: import:crm",
        "  id: contact_id",
        "  time: created_at",
        "  lead: {email: email}",
        "  traits: {job_title: title, company_size: employees}",
    ),
)
@_importing
def import_leads(**given: Any) -> None:
    """Import leads: each row states who a lead is, and its traits."""
    _run("leads", **given)


@import_.command(
    "deals",
    epilog=examples(f"import deals won.csv --map deals.map.yaml {STACK}")
    + "\n\n"
    + block(
        "deals.map.yaml (`leadlight import --help` explains it):",
        "  source: import:crm",
        "  id: [contact_id, deal_id]",
        "  time: closed_at",
        "  lead: {email: email}",
        "  type: deal_won",
        "  properties: {deal_id: deal_id, amount: value, currency: {value: EUR}}",
    ),
)
@_importing
def import_deals(**given: Any) -> None:
    """Import deals: each row states that a lead's deal was opened, won or lost."""
    _run("deals", **given)


def _run(  # noqa: PLR0913 - one per option
    kind: Kind,
    *,
    file: Path,
    map_path: Path,
    url: str | None,
    batch: int,
    announce: bool,
    dry_run: bool,
    checkpoints: Path,
    refused_path: Path | None,
) -> None:
    table = read_table(file)
    try:
        mapping = read_mapping(map_path, kind=kind, columns=table.columns, file=file.name)
    except InvalidDocument as error:
        raise OperatorError(f"the mapping does not fit\n{error}") from error
    run = _Run(table, mapping, mapping.activity_type(kind), batch)
    if dry_run:
        run.show()
        sent: list[Sent] = []
    elif url:
        key = hashlib.sha256(table.digest)
        for part in (kind, map_path.read_bytes(), url.rstrip("/"), batch, announce):
            key.update(part if isinstance(part, bytes) else f"\0{part}\0".encode())
        checkpoint = Checkpoint(checkpoints / f"{file.stem}-{key.hexdigest()[:16]}.jsonl")
        sent = run.send(url, checkpoint, announce=announce)
    else:
        raise click.UsageError("give --url (the stack's output ApiUrl), set LEADLIGHT_URL, or give --dry-run")
    refused = sorted([*run.refused, *(row for one in sent for row in one.refused)], key=lambda row: row.row)
    _conclude(refused, refused_path or file.with_name(f"{file.name}.refused.jsonl"), dry_run=dry_run)


class _Run:
    """One import."""

    def __init__(self, table: Table, mapping: Mapping, activity_type: str, size: int) -> None:
        self._table, self._mapping, self._type = table, mapping, activity_type
        self._size = size
        self.refused: list[Refused] = []

    def show(self) -> None:
        """What would be sent."""
        rows = list(self._rows())
        requests = sum(1 for _ in batches(rows, size=self._size))
        click.echo(f"{self._table.rows:,} rows: {len(rows):,} to send in {requests:,} requests")
        if rows:
            first = msgspec.json.format(rows[0].event, indent=2).decode()
            click.echo(f"row {rows[0].number} is sent as\n{first}")

    def send(self, url: str, checkpoint: Checkpoint, *, announce: bool) -> list[Sent]:
        """Sends what the checkpoint does not hold yet."""
        started, before = time.monotonic(), len(checkpoint.done)
        if before:
            click.echo(f"resuming: {before} requests were answered before ({checkpoint.path})", err=True)
        console = screen(stderr=True)
        columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Api(url) as api, Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("rows", total=self._table.rows)
            progress.advance(task, sum(one.received for one in checkpoint.done.values()))
            try:
                for one in send_all(sender(api, announce=announce), self._todo(checkpoint)):
                    checkpoint.add(one)
                    progress.advance(task, one.received)
            except BaseException:
                click.echo(f"stopped; the same command goes on from the checkpoint {checkpoint.path}", err=True)
                raise
        checkpoint.finish()
        sent = list(checkpoint.done.values())
        self._summarize(sent, time.monotonic() - started)
        return sent

    def _summarize(self, sent: list[Sent], seconds: float) -> None:
        recorded = sum(one.recorded for one in sent)
        refused = len(self.refused) + sum(len(one.refused) for one in sent)
        click.echo(
            f"{self._table.rows:,} rows: {recorded:,} recorded, {refused:,} refused, "
            f"{len(sent):,} requests, {seconds:.1f} s"
        )

    def _todo(self, checkpoint: Checkpoint) -> Iterator[Batch]:
        for batch in batches(self._rows(), size=self._size):
            if batch.number not in checkpoint.done:
                yield batch

    def _rows(self) -> Iterator[Row]:
        self.refused = []
        for found in self._table.events(self._mapping, self._type):
            if isinstance(found, Row):
                yield found
            else:
                self.refused.append(found)


def _conclude(refused: list[Refused], path: Path, *, dry_run: bool) -> None:
    if not refused:
        if not dry_run:
            path.unlink(missing_ok=True)
        return
    try:
        path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in refused))
    except OSError as error:
        raise OperatorError(f"{len(refused)} rows were refused; give --refused FILE to keep them ({error})") from error
    click.echo(
        f"{len(refused)} rows refused, with the reason in {path}: row {refused[0].row}: {refused[0].reason}", err=True
    )
    sys.exit(1)
