from collections.abc import Iterator, Mapping
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from leadlight.activity import Identity, account_id_of, is_account
from leadlight.activity.identity import ACCOUNT, domain
from leadlight.cli import options
from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import STACK, examples
from leadlight.cli.picture import number
from leadlight.cli.ranking import first_found, ranked, show
from leadlight.cli.screen import print_json, screen, text
from leadlight.cli.tables import accounts_table

_PAGE = 20
_BAR = 24


@click.command(epilog=examples(f"accounts --limit 10 {STACK}"))
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many accounts.")
@options.url
@options.as_json
def accounts(*, limit: int, url: str, as_json: bool) -> None:
    """List the companies to call, highest score first, each with its best leads.

    Scores are of today; the order beyond 20 is that of the last rollup. With --json each line is one account.
    """
    with Api(url) as api:
        found = list(ranked(api, "accounts", limit=limit, page=_PAGE))
    none = "no accounts here yet: a lead has one by its company's address, or by what a tool says of it"
    show(found, accounts_table, as_json=as_json, none=none)


@click.command(epilog=examples(f"account acme.com {STACK}", f"account hubspot:42 --json {STACK}"))
@click.argument("account", metavar="ACCOUNT")
@options.url
@options.as_json
def account(account: str, *, url: str, as_json: bool) -> None:
    """Show one company: its score, what each of its leads gives to it and why, and what is known of it.

    ACCOUNT is an account id, a domain, or any identity (`hubspot:42`, `group:g1`).
    """
    with Api(url) as api:
        found = _find(api, account)
    if as_json:
        print_json(found)
        return
    console = screen()
    console.print(_heading(found), _picture(found), _profile(found), sep="\n")


def _find(api: Api, name: str) -> dict[str, Any]:
    if found := first_found(api, "accounts", _account_ids(name.strip())):
        return found
    raise OperatorError(
        f"no account {name}: give its id, its domain, or the identity that its facts come under as kind:value; "
        "`leadlight accounts` lists them"
    )


def _account_ids(name: str) -> Iterator[str]:
    """An account's id is worked out from its strongest identity, as a lead's is."""
    if is_account(name) and name.isidentifier():
        yield name
    if named := domain(name):
        yield account_id_of(named)
    kind, colon, value = name.partition(":")
    if colon and value:
        yield account_id_of(Identity(kind, value))
    yield account_id_of(Identity(ACCOUNT, name))


def _heading(found: Mapping[str, Any]) -> Text:
    known = " ".join(str(found[name]) for name in ("name", "domain") if found[name])
    rule = found["counted_by"]
    how = "its best lead" if rule["score"] == "max" else f"all leads, each next one at {rule['next']} %"
    parts = (text(found["score"], "bold green"), text(f"{known} ({found['account_id']})".strip()), text(how, "dim"))
    return Text("  ").join(parts)


def _picture(found: Mapping[str, Any]) -> Table:
    """One bar for each lead: its share of the account's score."""
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for heading in ("lead", "score", "", "share", "why"):
        table.add_column(heading, justify="right" if heading == "share" else "left", no_wrap=heading != "why")
    most = max((lead["share"] for lead in found["leads"]), default=0) or 1
    for lead in found["leads"]:
        reasons = ", ".join(
            f"{part['label']} {number(round(part['share'], 1), sign=True)}" for part in lead["top_contributions"]
        )
        table.add_row(
            text(lead["name"] or lead["email"] or lead["lead_id"]),
            text(f"{lead['grade']} {lead['score']}"),
            Text("█" * round(_BAR * lead["share"] / most), style="green"),
            text(number(lead["share"], sign=True)),
            text(reasons, "dim"),
        )
    others = found["others"]
    for name, share in ((f"{others['leads']} other leads", others["share"]), ("over 100", found["clamped"])):
        if share:
            table.add_row(text(name), "", "", text(number(share, sign=True)), "")
    if found["rounding"]:
        table.add_row("rounding", "", "", text(number(found["rounding"], sign=True)), "")
    table.add_row(text("total", "bold"), "", "", text(found["score"], "bold"), "")
    return table


def _profile(found: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    rows = {
        "traits": ", ".join(f"{name} {value}" for name, value in found["traits"].items()) or "none known",
        "identities": ", ".join(f"{one['kind']}:{one['value']}" for one in found["identities"]) or "none told",
        "note": "more than 1,000 leads: the first 1,000 by id are counted" if found["partial"] else "",
    }
    for name, value in rows.items():
        if value:
            table.add_row(text(name, "bold"), text(value))
    return table
