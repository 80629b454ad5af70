"""What could not be understood: looked at, and tried again once its cause is mended."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import click
from rich.table import Table

from leadlight.cli import options
from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, examples
from leadlight.cli.screen import print_json, screen, text

_PAGE = 200
_SHOWN = 5

_reason = click.option("--reason", metavar="TEXT", help="Only those whose reason holds this text, in any case.")
_source = click.option("--source", help="Only those of this source: segment, cloudevents, stream or run.")
_first = click.option("--from", "first", metavar="TIME", help="Received at this day or time or later, UTC.")
_last = click.option("--to", "last", metavar="TIME", help="Received until this time, or through this day, UTC.")


@click.group(epilog=examples(f"failed list {STACK}", f"failed replay --source segment {STACK}"))
def failed() -> None:
    """Look at events that could not be understood, and take them in again.

    What a vendor signed and we can't understand is kept for 30 days with its raw bytes and the reason. The source
    `stream` is ours: records that could not be brought into their lead. So is `run`: leads that a publish or a sweep
    passed over.
    """


@failed.command(
    "list", epilog=examples(f"failed list {STACK}", f"failed list --reason missing-identity --from 2026-11-20 {STACK}")
)
@_reason
@_source
@_first
@_last
@click.option(
    "--state",
    type=click.Choice(["waiting", "replayed", "all"]),
    default="waiting",
    show_default=True,
    help="Those that wait for a replay, those that had one, or both.",
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
@options.url
@options.as_json
def list_(*, limit: int, url: str, as_json: bool, **wanted: str | None) -> None:
    """List failed events, oldest day first: id, when it came, and why it was not understood.

    With --json each line is one failed event. Bodies are not shown: see `leadlight failed show`.
    """
    with Api(url) as api:
        found = list(_listed(api, wanted, limit))
    if as_json:
        for each in found:
            print_json(each)
    elif found:
        screen().print(_table(found))
    else:
        click.echo("no failed events")


@failed.command(epilog=examples(f"failed show 2026-11-21.segment.5f0cb1 {STACK}"))
@click.argument("failed_id", metavar="ID")
@options.url
def show(*, failed_id: str, url: str) -> None:
    """Print one failed event with its raw body, as JSON. The body is the vendor's data: it may name people."""
    with Api(url) as api:
        print_json(api.get(f"/v1/failed-events/{quote(failed_id, safe='')}"))


@failed.command(
    epilog=examples(
        f"failed replay 2026-11-21.segment.5f0cb1 {STACK}",
        f"failed replay --reason unknown-type --from 2026-11-20 {STACK}",
        f"failed replay --all {STACK}",
    )
)
@click.argument("failed_id", metavar="ID", required=False)
@_reason
@_source
@_first
@_last
@click.option("--all", "every", is_flag=True, help="All that wait.")
@options.url
@options.as_json
def replay(*, failed_id: str | None, every: bool, url: str, as_json: bool, **wanted: str | None) -> None:
    """Take failed events in again, after their cause was mended: one, those that the options name, or all.

    What of a body was understood before is not counted twice, and facts without a time keep that of their first
    receipt. What fails again keeps its new reason. Interrupted? Run the same command again.
    """
    if sum((bool(failed_id), every, any(wanted.values()))) != 1:
        raise click.UsageError("name one failed event, or say which by options, or --all")
    with Api(url) as api:
        told = _one(api, failed_id) if failed_id else _many(api, wanted)
    if as_json:
        print_json(told)
    else:
        _print_replayed(told)
    if told["failed"]:
        raise OperatorError(f"{told['failed']} could not be understood; they still wait")


def _print_replayed(told: dict[str, Any]) -> None:
    again = told["failed_again"]
    if not (told["replayed"] or again):
        click.echo("nothing that waits is meant: `leadlight failed list` shows what waits")
        return
    click.echo(f"replayed {told['replayed']}, failed again {told['failed']}, facts {told['facts']}")
    for each in again[:_SHOWN]:
        click.echo(str(text(f"  {each['id']}: {each['reason']}")))
    if len(again) > _SHOWN:
        click.echo(f"  and {len(again) - _SHOWN} more: `leadlight failed list` shows them")


def _listed(api: Api, wanted: dict[str, str | None], limit: int) -> Iterator[dict[str, Any]]:
    token: str | None = None
    while limit > 0:
        page = api.get("/v1/failed-events", **_query(wanted), limit=min(limit, _PAGE), next=token)
        yield from page["failed_events"]
        limit -= len(page["failed_events"])
        token = page["next"]
        if not token:
            return


def _one(api: Api, failed_id: str) -> dict[str, Any]:
    done = api.call("POST", f"/v1/failed-events/{quote(failed_id, safe='')}/replay").body
    again = [] if done["replayed"] else [done]
    return {
        "replayed": int(done["replayed"]), "failed": len(again), "facts": done["facts"], "failed_again": again
    }  # fmt: skip


def _many(api: Api, wanted: dict[str, str | None]) -> dict[str, Any]:
    total: dict[str, Any] = {"replayed": 0, "failed": 0, "facts": 0, "failed_again": []}
    cursor: str | None = ""
    with screen(stderr=True).status("replaying") as status:
        while cursor is not None:
            query = urlencode({**_query(wanted), **({"next": cursor} if cursor else {})}, quote_via=quote)
            step = api.call("POST", "/v1/failed-events/replay" + (f"?{query}" if query else "")).body
            total = {name: count + step[name] for name, count in total.items()}
            status.update(f"replaying: {total['replayed']} replayed, {total['failed']} failed again so far")
            cursor = step["next"]
    return total


def _query(wanted: dict[str, str | None]) -> dict[str, str]:
    names = {"first": "from", "last": "to"}
    return {names.get(name, name): value for name, value in wanted.items() if value}


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("id", "received", "replayed", "reason"):
        table.add_column(name, no_wrap=name != "reason", overflow="fold")
    for each in found:
        replayed = (each["replayed_at"] or "")[:16]
        row = (each["id"], each["received_at"][:16], replayed, each["reason"])
        table.add_row(*map(text, row))
    return table
