"""What a person may ask of us: to be told everything, and to be forgotten."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import msgspec

from leadlight.activity import Identity
from leadlight.cli import options
from leadlight.cli.client import Api, ApiError
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, block, examples
from leadlight.cli.leads import find_lead, identities, lead_ids, title
from leadlight.cli.screen import print_json, screen

_SHAPE = block(
    "The document:",
    "  lead_id        the lead that holds the person's facts; `merged`: their other leads",
    "  identities     [{kind, value}]",
    "  lead           score with reasons, traits, consent, deals, enrollments, decisions, activity by day; or null",
    "  decisions      [{...}] taken about merged leads",
    "  enrollments    [{lead_id, campaigns}] of merged leads",
    "  facts          [{time, time_is_of, about, type, source, id, imported, identities, values, lead_id}]",
    "  links          [{lead_id, key, body}] what ties the leads to each other and to their company",
    "  failed_events  [{place, reason, content}] raw events that could not be understood",
)


@click.command(epilog=f"{_SHAPE}\n\n{examples(f'export ada@acme.com --out ada.json {STACK}')}")
@click.argument("lead", metavar="LEAD")
@click.option("--out", type=options.OutFile(), help="Write to this file instead of standard output.")
@options.url
def export(lead: str, *, out: Path | None, url: str) -> None:
    """Print everything that is held about a person, as one JSON document.

    LEAD is an email address, a lead id, or any identity (`user:42`, `crm:1051`). Whatever of the person's leads it
    names, all of them are exported.
    """
    with Api(url) as api, screen(stderr=True).status("reading"):
        lead_id, named, _ = _person(api, lead)
        document: dict[str, Any] = {}
        for page in _pages(api, lead_id, named[0] if named else None):
            for name, value in page.items():
                document[name] = [*document.get(name, []), *value] if isinstance(value, list) else value
    del document["next"]
    if not (document["lead"] or document["facts"] or document["failed_events"]):
        raise OperatorError(f"nothing is held about {lead}")
    if out is None:
        print_json(document)
    else:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
        click.echo(f"{len(document['facts'])} facts, {len(document['failed_events'])} failed events: {out}")


@click.command(epilog=examples(f"forget ada@acme.com {STACK}", f"forget crm:1051 --yes {STACK}"))
@click.argument("lead", metavar="LEAD")
@click.option("--yes", is_flag=True, help="Do not ask whether this is meant.")
@options.as_json
@options.url
def forget(lead: str, *, yes: bool, as_json: bool, url: str) -> None:
    """Erase everything that is held about a person, for good.

    LEAD is an email address, a lead id, or any identity (`user:42`, `crm:1051`). All of the person's leads go: facts,
    copies, links, scores, decisions, enrollments, raw bodies of failed events. What stays is a keyed hash of their
    lead ids, so that webhooks that come again do not bring the person back; consent that they give later does.

    `leadlight export` first shows what there is. Copies outside are not reached: backups of the last 35 days, what you
    sent elsewhere, import files. Interrupted? Run the same command again.
    """
    with Api(url) as api:
        lead_id, named, known = _person(api, lead)
        if not yes:
            click.confirm(f"Erase everything about {known}? This can't be undone", abort=True, err=True)
        removed: Counter[str] = Counter()
        with screen(stderr=True).status("erasing") as status:
            for step in _steps(api, lead_id, named):
                removed.update(step["removed"])
                status.update(f"erasing: {removed.total()} items so far")
    if as_json:
        print_json(removed)
    elif not removed.total():
        click.echo(f"nothing is held about {known}")
    else:
        told = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in removed.items())
        click.echo(f"removed: {told}")


def _person(api: Api, name: str) -> tuple[str, list[Identity], str]:
    """The lead to ask for, the identities that the operator may mean, and how to call the person."""
    meant = name.strip()
    named = [] if meant.startswith("ld_") else list(identities(meant))
    try:
        found = find_lead(api, meant)
    except ApiError:
        raise
    except OperatorError:  # no lead: there may still be raw bodies, or what an interrupted command left
        return next(lead_ids(meant)), named, meant
    return str(found["lead_id"]), named, title(found)


def _steps(api: Api, lead_id: str, named: list[Identity]) -> Iterator[dict[str, Any]]:
    body = msgspec.json.encode({"identities": [":".join(identity) for identity in named]})
    cursor: str | None = ""
    while cursor is not None:
        path = f"/v1/leads/{lead_id}/forget" + (f"?next={quote(cursor, safe='')}" if cursor else "")
        step: dict[str, Any] = api.call("POST", path, body=body).body
        yield step
        cursor = step["next"]


def _pages(api: Api, lead_id: str, named: Identity | None) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    identity = ":".join(named) if named else None
    while cursor is not None:
        page: dict[str, Any] = api.get(f"/v1/leads/{lead_id}/export", identity=identity, next=cursor or None)
        yield page
        cursor = page["next"]
