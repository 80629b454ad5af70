"""Human or machine: what a team says of a lead's activities. Each saying is a fact; it wins over the bot guard."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from leadlight.activity import Identity
from leadlight.activity.identity import strength
from leadlight.cli import options
from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, examples
from leadlight.cli.leads import find_lead
from leadlight.cli.merges import say
from leadlight.cli.screen import text
from leadlight.guard.saying import BOT, HUMAN

_message = click.option("--message", metavar="MESSAGE", help="All that is about this message, as the lead shows it.")
_day = click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="All of this UTC day, such as 2026-11-21.")


@click.command(epilog=examples(f"human ada@acme.com --message m-204 {STACK}"))
@click.argument("lead", metavar="LEAD")
@_message
@_day
@options.url
def human(lead: str, *, message: str | None, day: datetime | None, url: str) -> None:
    """Say that a person did it: what the bot guard set aside counts, also what is still to come.

    `leadlight lead LEAD` shows what was set aside, and why. The latest saying holds; `leadlight bot` is the other one.
    """
    click.echo(f"{_say(lead, HUMAN, message, day, url)} counts in a few seconds")


@click.command(epilog=examples(f"bot ada@acme.com --day 2026-11-21 {STACK}"))
@click.argument("lead", metavar="LEAD")
@_message
@_day
@options.url
def bot(lead: str, *, message: str | None, day: datetime | None, url: str) -> None:
    """Say that a machine did it: it does not count, also what is still to come.

    For what the bot guard can't see. The latest saying holds; `leadlight human` takes it back.
    """
    click.echo(f"{_say(lead, BOT, message, day, url)} is set aside in a few seconds")


def _say(lead: str, activity_type: str, message: str | None, day: datetime | None, url: str) -> str:
    if bool(message) == bool(day):
        raise click.UsageError("give --message or --day")
    about = f"message:{message}" if message else f"day:{day:%Y-%m-%d}"
    with Api(url) as api:
        identity = _strongest(find_lead(api, lead))
        say(api, activity_type, [(identity,)], properties={"about": about})
    return str(text(f"what {lead} did {'about the message' if message else 'on'} {about.partition(':')[2]}"))


def _strongest(found: Mapping[str, Any]) -> Identity:
    known = [Identity(each["kind"], each["value"]) for each in found["identities"]]
    if not known:
        raise OperatorError(f"{found['lead_id']} has no identity that a fact could name")
    return min(known, key=strength)
