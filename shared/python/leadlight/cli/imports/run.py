"""One import: rows are read, sent in batches, noted as done; what was refused is listed in the end."""

import hashlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.imports import rows
from leadlight.cli.imports.batches import Batch, batches, by_lead
from leadlight.cli.imports.checkpoint import Checkpoint, Sent
from leadlight.cli.imports.mapping import Kind, read_mapping, read_spend_mapping
from leadlight.cli.imports.rows import Refused, Render, Row
from leadlight.cli.imports.send import send_all, sender
from leadlight.cli.imports.tables import Table, read_table
from leadlight.cli.screen import screen
from leadlight.model.document import InvalidDocument, read_catalogue


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the operator gave."""

    file: Path
    map_path: Path
    url: str | None
    batch: int
    clients: int
    dry_run: bool
    checkpoints: Path
    refused_path: Path | None
    announce: bool = False
    catalogue_path: Path | None = None


def run(kind: Kind, options: Options) -> None:
    """Imports a file, or only checks it; exits with 1 where rows were refused."""
    table = read_table(options.file)
    one = _Import(table, _render(kind, options, table), options.batch)
    if options.dry_run:
        one.show()
        sent: list[Sent] = []
    elif options.url:
        checkpoint = Checkpoint(options.checkpoints / f"{options.file.stem}-{_key(kind, options, table)}.jsonl")
        sent = one.send(kind, options, checkpoint)
    else:
        raise click.UsageError("give --url (the stack's output ApiUrl), set LEADLIGHT_URL, or give --dry-run")
    refused = sorted([*one.refused, *(row for each in sent for row in each.refused)], key=lambda row: row.row)
    path = options.refused_path or options.file.with_name(f"{options.file.name}.refused.jsonl")
    _conclude(refused, path, dry_run=options.dry_run)


def _render(kind: Kind, options: Options, table: Table) -> Render:
    try:
        if kind == "spend":
            return rows.spend(read_spend_mapping(options.map_path, columns=table.columns, file=options.file.name))
        catalogue = read_catalogue(options.catalogue_path) if options.catalogue_path else None
        mapping = read_mapping(options.map_path, kind=kind, columns=table.columns, file=options.file.name)
        return rows.events(mapping, kind=kind, catalogue=catalogue)
    except InvalidDocument as error:
        raise OperatorError(f"the mapping does not fit\n{error}") from error


def _key(kind: Kind, options: Options, table: Table) -> str:
    """Names this import: the same file sent in the same way to the same stack."""
    key = hashlib.sha256(table.digest)
    for part in (kind, options.map_path.read_bytes(), (options.url or "").rstrip("/"), options.batch, options.announce):
        key.update(part if isinstance(part, bytes) else f"\0{part}\0".encode())
    return key.hexdigest()[:16]


class _Import:
    """The rows of a file on their way."""

    def __init__(self, table: Table, render: Render, size: int) -> None:
        self._table, self._render, self._size = table, render, size
        self._requests = 0
        self.refused: list[Refused] = []

    def show(self) -> None:
        """What would be sent."""
        found = list(self._rows())
        requests = sum(1 for _ in batches(found, size=self._size))
        click.echo(f"{self._table.rows:,} rows: {len(found):,} to send in {requests:,} requests")
        if found:
            first = msgspec.json.format(found[0].document, indent=2).decode()
            click.echo(f"row {found[0].number} is sent as\n{first}")

    def send(self, kind: Kind, options: Options, checkpoint: Checkpoint) -> list[Sent]:
        """Sends what the checkpoint does not hold yet."""
        started, before = time.monotonic(), sum(one.received for one in checkpoint.done.values())
        sent_now = 0
        if checkpoint.done:
            click.echo(f"resuming: {len(checkpoint.done)} requests were answered before ({checkpoint.path})", err=True)
        console = screen(stderr=True)
        columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with (
            Api(options.url or "", connections=options.clients) as api,
            Progress(*columns, console=console, disable=not console.is_terminal) as progress,
        ):
            task = progress.add_task("rows", total=self._table.rows)
            progress.advance(task, before)
            send = sender(api, kind, announce=options.announce)
            try:
                for one in send_all(send, self._todo(checkpoint), at_a_time=options.clients):
                    checkpoint.add(one)
                    sent_now += one.received
                    progress.advance(task, one.received)
            except BaseException:
                click.echo(f"stopped; the same command goes on from the checkpoint {checkpoint.path}", err=True)
                raise
        checkpoint.finish()
        sent = [one for one in checkpoint.done.values() if one.batch < self._requests]
        self._summarize(sent, sent_now, time.monotonic() - started)
        return sent

    def _summarize(self, sent: list[Sent], now: int, seconds: float) -> None:
        recorded = sum(one.recorded for one in sent)
        refused = len(self.refused) + sum(len(one.refused) for one in sent)
        click.echo(
            f"{self._table.rows:,} rows: {recorded:,} recorded, {refused:,} refused, {len(sent):,} requests, "
            f"{seconds:.1f} s, {now / seconds:,.0f} rows/s"
        )

    def _todo(self, checkpoint: Checkpoint) -> Iterator[Batch]:
        for batch in batches(by_lead(self._rows()), size=self._size):
            self._requests = batch.number + 1
            if not checkpoint.holds(batch):
                yield batch

    def _rows(self) -> Iterator[Row]:
        self.refused = []
        for found in rows.stated(self._table, self._render):
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
