from collections.abc import Iterator, Mapping
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from leadlight.activity import Identity, lead_id_of
from leadlight.activity.identity import USER, email, without_tag
from leadlight.cli import options
from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, examples
from leadlight.cli.picture import picture
from leadlight.cli.ranking import first_found, ranked, show
from leadlight.cli.screen import print_json, screen, text
from leadlight.cli.tables import leads_table
from leadlight.lifecycle.transitions import STAGE_NAMES

_PAGE = 200


@click.command(epilog=examples(f"leads --stage sql --limit 20 {STACK}"))
@click.option("--stage", type=click.Choice(list(STAGE_NAMES)), help="Only this lifecycle stage.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many leads.")
@options.url
@options.as_json
def leads(*, stage: str | None, limit: int, url: str, as_json: bool) -> None:
    """List the leads to call, highest score first, each with its top three reasons.

    Without --stage all leads that are still to win. With --json each line is one lead.
    """
    with Api(url) as api:
        found = list(ranked(api, "leads", limit=limit, page=_PAGE, stage=stage))
    none = "no leads here yet: post activities, or run `leadlight import leads`"
    show(found, leads_table, as_json=as_json, none=none)


@click.command(epilog=examples(f"lead jane@acme.com {STACK}", f"lead crm:1051 --json {STACK}"))
@click.argument("lead", metavar="LEAD")
@options.url
@options.as_json
def lead(lead: str, *, url: str, as_json: bool) -> None:
    """Show one lead: its score with every reason, its traits, deals and decisions.

    LEAD is a lead id, an email address, or any identity (`user:42`, `olist:8d2f...`).
    """
    with Api(url) as api:
        found = find_lead(api, lead)
    if as_json:
        print_json(found)
        return
    console = screen()
    console.print(picture(found, title=title(found)))
    console.print(_profile(found))


def find_lead(api: Api, name: str, *, days: int | None = None) -> dict[str, Any]:
    """The lead that an id, an address or an identity names; with so many days of its history and forecast.

    Raises:
        OperatorError: there is none.
    """
    meant = name.strip()
    tried = [*lead_ids(meant), *(lead_id_of(folded(api, each)) for each in identities(meant))]
    if found := first_found(api, "leads", tried, days=days):
        return found
    raise OperatorError(
        f"no lead {name}: give its id, its address, or the identity that its facts come under as kind:value; "
        "`leadlight leads` lists them"
    )


def title(lead: Mapping[str, Any]) -> str:
    """A lead as people know it, and its id."""
    known = " ".join(str(lead[name]) for name in ("name", "email", "company") if lead.get(name))
    return f"{known} ({lead['lead_id']})" if known else str(lead["lead_id"])


def lead_ids(name: str) -> Iterator[str]:
    """A lead id is worked out from its strongest identity, so no search is needed."""
    if name.startswith("ld_") and name.isidentifier():
        yield name
    yield from map(lead_id_of, identities(name))


def identities(name: str) -> Iterator[Identity]:
    """What an operator may mean by a name: an address, kind:value, or a user id."""
    if address := email(name):
        yield address
    kind, colon, value = name.partition(":")
    if colon and value:
        yield Identity(kind, value)
    yield Identity(USER, name)


def folded(api: Api, identity: Identity) -> Identity:
    """The identity that facts come under: without its plus tag, where it is an address and the stack folds those.

    Leads that were stored before the stack did keep their names.
    """
    plain = without_tag(identity)
    return plain if plain != identity and api.get("/v1/health").get("fold_plus_tags") else identity


def _profile(found: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    rows = {
        "stage": found["stage"],
        "first contact": found["first_contact"] or "unknown",
        "may be written to": "\n".join(
            ["yes" if found["contactable"] else "no", *map(_permission, found["permissions"])]
        ),
        "identities": ", ".join(f"{one['kind']}:{one['value']}" for one in found["identities"]),
        "traits": ", ".join(f"{name} {value}" for name, value in found["traits"].items()) or "none known",
        "account": _account(found["account"]),
        "deals": ", ".join(
            f"{name} {status} {step['at'][:10]}"
            for name, steps in found["deals"].items()
            for status, step in steps.items()
        )
        or "none",
        "campaigns": ", ".join(_campaign(*one) for one in found["nurture"].items()) or "none",
        "set aside": _set_aside(found["bot_guard"]),
        "decisions": "\n".join(_decision(one) for one in found["decisions"]) or "none",
    }
    for name, value in rows.items():
        cell = Text("\n").join(text(line) for line in str(value).split("\n"))
        table.add_row(text(name, "bold"), cell)
    return table


def _set_aside(guard: Mapping[str, Any]) -> str:
    groups = (
        f"{each['day']} {each['activities']} {each['because']}" + (f" ({each['about']})" if each["about"] else "")
        for each in guard["groups"]
    )
    said = (
        f"{each['about']}: {'a person' if each['human'] else 'a machine'}, said {each['at'][:16]}"
        for each in guard["said"]
    )
    beside = f"{guard['set_aside']} activities, beside {guard['counted_signals']} signals that count"
    return "\n".join([beside, *groups, *said]) if guard["set_aside"] or guard["said"] else "nothing"


def _account(account: Mapping[str, Any] | None) -> str:
    if account is None:
        return "none known"
    told = ", ".join(f"{name} {value}" for name, value in account["traits"].items())
    return f"{account['account_id']}: {told}" if told else str(account["account_id"])


def _permission(said: Mapping[str, Any]) -> str:
    moment = said["at"][:16] if said["in_force"] else f"{said['at'][:16]}, not yet"
    return f"{said['type']} {moment}" + (f" ({said['source']})" if said["source"] else "")


def _decision(decision: Mapping[str, Any]) -> str:
    change = " to ".join(str(decision[side]) for side in ("before", "after") if decision.get(side) is not None)
    about = decision.get("campaign") or change
    return f"{decision['decided_at'][:16]} {decision['kind']} {about} ({decision['cause']})"


def _campaign(name: str, enrollment: Mapping[str, Any]) -> str:
    left = enrollment.get("exited_at")
    return f"{name} from {enrollment['enrolled_at'][:10]}" + (f" to {left[:10]}" if left else "")
