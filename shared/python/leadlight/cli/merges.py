"""One person or two: what a team says of identities. Each saying is a fact; the latest one counts."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import click
import msgspec

from leadlight.activity import Identity, Scalar, lead_id_of
from leadlight.activity.identity import email
from leadlight.activity.order_key import timestamp
from leadlight.cli import options
from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, examples
from leadlight.cli.leads import folded
from leadlight.cli.screen import text
from leadlight.sources.cloudevents import BATCH

SOURCE = "leadlight:team"


@click.command(epilog=examples(f"merge ada@acme.com crm:1051 {STACK}", f"merge ada@acme.com user:42 {STACK}"))
@click.argument("one", metavar="IDENTITY")
@click.argument("other", metavar="IDENTITY")
@options.url
def merge(*, one: str, other: str, url: str) -> None:
    """Say that two identities are one person's: their leads become one.

    IDENTITY is an email address or kind:value (`user:42`, `anonymous:a81f`, `crm:1051`). The lead of the stronger one
    stays (email, then user id, then a tool's own id, then anonymous); the other answers with it from then on.
    `leadlight unmerge` takes it back.
    """
    pair = identity_of(one), identity_of(other)
    if pair[0] == pair[1]:
        raise OperatorError("these are the same identity: there is nothing to merge")
    with Api(url) as api:
        say(api, "identities_merged", [pair])
    click.echo(f"{_name(pair[0])} and {_name(pair[1])} are one person: done in a few seconds")


@click.command(epilog=examples(f"unmerge ld_3zqk7hxw2mfu4oaj {STACK}", f"unmerge user:42 {STACK}"))
@click.argument("lead", metavar="LEAD")
@options.url
def unmerge(*, lead: str, url: str) -> None:
    """Take a merged lead out again: both go on as if they had never been merged.

    LEAD is the lead that was merged (a lead id or an identity), not the one that it was merged into. Whatever joins it
    to others is said apart: facts that named both identities, and ids that both were seen with (those stay with the
    others). Decisions that were taken stay as they are. A new id that both share joins them again: mark such
    an id with `leadlight shared`.
    """
    with Api(url) as api:
        lead_id = lead if lead.startswith("ld_") else lead_id_of(folded(api, identity_of(lead)))
        links = api.get(f"/v1/leads/{lead_id}/links")
        if links["root"] == lead_id:
            merged = ", ".join(f"{each['kind']}:{each['value']}" for each in links["merged"]) or "nobody"
            raise OperatorError(f"{lead_id} is merged into no other lead; merged into it: {merged}; name one of those")
        pairs = [(_identity(one), _identity(other)) for one, other in links["separate"]]
        say(api, "identities_separated", pairs)
    for one, other in pairs:
        click.echo(f"{_name(one)} and {_name(other)} are not the same person")
    click.echo("done in a few seconds")


@click.command(epilog=examples(f"shared info@acme.com {STACK}", f"shared info@acme.com --personal {STACK}"))
@click.argument("identity", metavar="IDENTITY")
@click.option("--personal", is_flag=True, help="Take it back: the identity is one person's own.")
@options.url
def shared(*, identity: str, personal: bool, url: str) -> None:
    """Say that an identity is nobody's own: a shared mailbox, a device in a lobby.

    It joins nobody any longer: who was merged by it goes on alone. Its own lead stays, with the trait
    `shared_identity`, which the starter models suppress: it scores 0 and says why.
    """
    name = identity_of(identity)
    with Api(url) as api:
        say(api, "identity_personal" if personal else "identity_shared", [(name,)])
    owner = "one person's own" if personal else "nobody's own"
    click.echo(f"{_name(name)} is {owner}: done in a few seconds")


def identity_of(given: str) -> Identity:
    """The identity that somebody typed.

    Raises:
        OperatorError: it is none.
    """
    if address := email(given):
        return address
    kind, colon, value = given.strip().partition(":")
    if not (kind and colon and value):
        raise OperatorError(f"{given!r} is no identity: give an address, or kind:value such as user:42")
    return Identity(kind, value)


def say(
    api: Api,
    activity_type: str,
    sayings: Iterable[tuple[Identity, ...]],
    *,
    properties: Mapping[str, Scalar] | None = None,
) -> None:
    """Posts what a team says, a fact for each group of identities.

    Raises:
        OperatorError: the stack refused it.
    """
    said_at = timestamp(now())
    events = [
        {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": SOURCE,
            "type": activity_type,
            "time": said_at,
            "data": {
                "lead": {"identities": [{"kind": kind, "value": value} for kind, value in saying]},
                "properties": dict(properties or {}),
            },
        }
        for saying in sayings
    ]
    answer = api.call("POST", "/v1/activities", body=msgspec.json.encode(events), content_type=BATCH).body
    if answer["refused"]:
        raise OperatorError(f"refused: {answer['refused'][0]['detail']}")


def now() -> datetime:
    """When something is said: this machine's clock."""
    return datetime.now(UTC)


def _identity(given: dict[str, Any]) -> Identity:
    return Identity(given["kind"], given["value"])


def _name(identity: Identity) -> str:
    return str(text(identity.value if identity.kind == "email" else f"{identity.kind}:{identity.value}"))
