"""What was left behind goes on, what is stored is checked against the facts and made anew from them."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from random import Random
from typing import Any
from urllib.parse import quote

import click

from leadlight.cli import options
from leadlight.cli.client import Api, ApiError
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, examples
from leadlight.cli.leads import find_lead, lead_ids
from leadlight.cli.screen import print_json, screen, text

_SETTLES = 3.0  # seconds in which what was in flight has arrived
_PARTS = 64


@click.command(epilog=examples(f"redrive {STACK}"))
@options.url
@options.as_json
def redrive(*, url: str, as_json: bool) -> None:
    """Bring back what was left behind: dead letters, and batches that a stream gave up.

    Facts are brought into their leads by what is stored now, unpublished decisions are published, campaigns are
    followed, a missed rollup is asked for. What is brought back is removed from where it waited; to run it twice does
    no harm. What can't be read stays, and is counted as left; records that can't be understood are failed events then.
    """
    total: Counter[str] = Counter()
    cursor: str | None = ""
    with Api(url) as api, screen(stderr=True).status("redriving") as status:
        while cursor is not None:
            step = api.call("POST", "/v1/redrive" + (f"?next={quote(cursor, safe='')}" if cursor else "")).body
            total.update(step["redriven"])
            status.update(f"redriving: {total['letters']} letters, {total['batches']} batches so far")
            cursor = step["next"]
    if as_json:
        print_json(total)
    else:
        click.echo("redriven: " + ", ".join(f"{name} {count}" for name, count in total.items()))
    if total["failed"] or total["left"]:
        raise OperatorError("some could not be understood: `leadlight failed list` shows records, the rest stays there")


@click.command(epilog=examples(f"rebuild jane@acme.com {STACK}"))
@click.argument("lead", metavar="LEAD")
@options.url
@options.as_json
def rebuild(*, lead: str, url: str, as_json: bool) -> None:
    """Make a lead's fold anew from its facts, and print what differed.

    LEAD is a lead id, an email address, or any identity (`user:42`). Decisions that were taken stay as they are, and
    none is taken: the next fact may. Where nothing differs nothing is written.
    """
    with Api(url) as api:
        told = api.call("POST", f"/v1/leads/{_lead_id(api, lead)}/rebuild").body
    if as_json:
        print_json(told)
    elif told["rebuilt"]:
        _print_differences(told)
        click.echo("rebuilt")
    else:
        click.echo("nothing differs: it is what its facts come to")


@click.command(epilog=examples(f"audit --sample 1000 {STACK}", f"audit --all {STACK}", f"audit jane@acme.com {STACK}"))
@click.argument("lead", metavar="LEAD", required=False)
@click.option("--sample", type=click.IntRange(1), metavar="N", help="So many leads from all over the table.")
@click.option("--all", "every", is_flag=True, help="Every lead; it reads every state and every fact once.")
@options.url
@options.as_json
def audit(*, lead: str | None, sample: int | None, every: bool, url: str, as_json: bool) -> None:
    """Hold what is stored against the facts, and print every difference by lead. Exit code 1 where there is any.

    Each lead's fold is compared, byte for byte, with one made anew from its facts as of today. And the facts are
    counted: recorded = counted + set aside (no signal reads them, or they are a bot's) +
    expired (past retention, waiting for their time to
    live); the stored counts must be those of the counted ones. What a request was answered (received = recorded +
    refused + failed) stands in the answer and in the log; what failed and waits is counted here as well.

    Nothing is changed. A lead that differs is looked at again after three seconds: its facts may have been on their
    way. A lead whose every fact was given up has no state to be found: so batches and letters that wait for
    `leadlight redrive` are a reason for exit code 1, too.
    """
    if sum((bool(lead), sample is not None, every)) != 1:
        raise click.UsageError("name a lead, or give --sample N or --all")
    with Api(url) as api:
        pages = _leads(api, lead) if lead else _shares(api, sample)
        facts: Counter[str] = Counter()
        checked, leads, differing = 0, 0, []
        ended: ApiError | None = None
        with screen(stderr=True).status("auditing") as status:
            try:
                for page in pages:
                    checked += page["checked"]
                    leads += page["leads"]
                    facts.update(page["facts"])
                    differing += page["differing"]
                    status.update(f"auditing: {checked} leads, {len(differing)} differ so far")
            except ApiError as error:
                if not checked:
                    raise
                ended = error  # what was found until then is told
            differing = list(_again(api, differing))
        waiting = {} if lead or ended else _waiting(api)
    told = {"checked": checked, "leads": leads, "facts": dict(facts), **waiting, "differing": differing}
    if as_json:
        print_json(told)
    else:
        _print_audit(told)
    if ended:
        raise OperatorError(f"ended after {checked} states: {ended}")
    if left := waiting.get("dead_letters", 0) + waiting.get("batches_given_up", 0):
        raise OperatorError(f"{left} dead letters and batches wait: run `leadlight redrive`, then this again")
    if differing:
        raise OperatorError(
            f"{len(differing)} of {checked} differ: `leadlight rebuild LEAD` makes one anew; "
            "one that can't be read needs the version of the code that wrote it"
        )


def _lead_id(api: Api, name: str) -> str:
    meant = name.strip()
    if meant.startswith(("ld_", "ac_")) and meant.isidentifier():
        return meant
    return str(find_lead(api, meant)["lead_id"])


def _leads(api: Api, name: str) -> Iterator[dict[str, Any]]:
    yield api.get("/v1/audit", lead_id=_lead_id(api, name))


def _shares(api: Api, sample: int | None) -> Iterator[dict[str, Any]]:
    """All of the table, or a little of each of some parts of it, in any order and with other borders each time."""
    random = Random()
    parts = 1 if sample is None else _PARTS + random.randrange(_PARTS)
    left = sample
    each = None if sample is None else max(1, -(-2 * sample // parts))
    cursors: list[tuple[int, str | None]] = [(part, None) for part in random.sample(range(parts), parts)]
    while cursors and left != 0:
        part, cursor = cursors.pop(0)
        limit = None if each is None or left is None else min(each, left, 50)
        page = api.get("/v1/audit", part=part, parts=parts, limit=limit, next=cursor)
        yield page
        left = None if left is None else max(0, left - page["leads"])
        if page["next"]:
            cursors.append((part, page["next"]))


def _again(api: Api, differing: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Those that still differ once what was in flight has arrived."""
    if differing:
        time.sleep(_SETTLES)
    for each in differing:
        try:
            yield from api.get("/v1/audit", lead_id=each["lead_id"])["differing"]
        except ApiError as error:
            if error.answer is None or error.answer.status != HTTPStatus.NOT_FOUND:  # that one was erased meanwhile
                yield each


def _waiting(api: Api) -> dict[str, int]:
    """How many failed events wait for a replay, and what waits for a redrive."""
    count, token = 0, ""
    while token is not None:
        page = api.get("/v1/failed-events", limit=200, next=token or None)
        count, token = count + len(page["failed_events"]), page["next"]
    left = api.get("/v1/redrive")
    return {"failed_events_waiting": count, "dead_letters": left["letters"], "batches_given_up": left["batches"]}


def _print_audit(told: Mapping[str, Any]) -> None:
    for each in told["differing"]:
        _print_differences(each)
    facts = {name: told["facts"].get(name, 0) for name in ("recorded", "counted", "set_aside", "expired", "registered")}
    click.echo(
        f"{told['checked']} states checked, {told['leads']} of them leads that stand by themselves; "
        f"{len(told['differing'])} differ\n"
        f"activities: recorded {facts['recorded']} = counted {facts['counted']} + set aside {facts['set_aside']} + "
        f"expired {facts['expired']}; other facts {facts['registered']}"
    )
    if "dead_letters" in told:
        click.echo(
            f"waiting: failed events {told['failed_events_waiting']}, dead letters {told['dead_letters']}, "
            f"batches given up {told['batches_given_up']}"
        )


def _print_differences(each: Mapping[str, Any]) -> None:
    for found in each["differences"]:
        line = f"{each['lead_id']} {found['part']}: stored {found['stored']}, by its facts {found['rebuilt']}"
        click.echo(str(text(line)))


@click.command(epilog=examples(f"state jane@acme.com {STACK}", f"state ld_3zqk7hxw2mfu4oaj --json {STACK}"))
@click.argument("lead", metavar="LEAD")
@options.url
@options.as_json
def state(*, lead: str, url: str, as_json: bool) -> None:
    """Show a lead's stored item: what each part of it says, and its bytes.

    LEAD is a lead id (also of a merged lead), an email address, or any identity. `ring` are the newest facts applied
    and `floor` the newest that left it, both as times: what comes at or below the floor has its day counted again.
    """
    with Api(url) as api:
        found = _stored(api, lead)
    if as_json:
        print_json(found)
        return
    sizes = found["bytes"]
    click.echo(f"{found['lead_id']} version {found['version']}, {sizes['all']} bytes as of {found['as_of']}")
    click.echo("bytes: " + _counts(sizes))
    if found["history_bytes"]:
        click.echo(f"history beside it: {found['history_bytes']} bytes")
    click.echo("of the fold: " + _counts(found["fold_bytes"]))
    for name in ("fold", "score", "standing", "kin", "outbox", "begun"):
        for line in _lines(name, found[name]):
            click.echo(str(text(line)))


def _stored(api: Api, name: str) -> dict[str, Any]:
    ids = list(lead_ids(name.strip()))
    lead_id = ids[0] if name.strip() == ids[0] else _lead_id(api, name)
    found: dict[str, Any] = api.get(f"/v1/leads/{lead_id}/state")
    return found


def _counts(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {size}" for name, size in sizes.items() if name != "all" and size)


def _lines(name: str, value: Any, depth: int = 0) -> Iterator[str]:
    """One line for each value, indented below the name of what holds it; what is empty is left out."""
    indent = "  " * depth
    if isinstance(value, dict):
        inside = [line for key, each in value.items() for line in _lines(str(key), each, depth + 1)]
        yield from [f"{indent}{name}", *inside] if inside else []
    elif isinstance(value, list) and value:
        yield f"{indent}{name}"
        for each in value:
            shown = " ".join(f"{key} {held}" for key, held in each.items()) if isinstance(each, dict) else each
            yield f"{indent}  {shown}"
    elif value not in (None, [], "", 0, False):
        yield f"{indent}{name}: {value}"
