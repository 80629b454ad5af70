from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from leadlight.cli.help import STACK, block, examples
from leadlight.cli.imports.mapping import Kind
from leadlight.cli.imports.run import Options, run

MAPPING = block(
    "The mapping (YAML) says which column holds what:",
    "  source: import:crm       # with the id it names a row for good: never change it",
    "  id: contact_id           # a column, or a list of columns",
    "  time: created_at         # a column; no zone means UTC. Not ISO 8601? {column: created_at, format: '%d/%m/%Y'},",
    "                           # or format: unix (seconds since 1970) or unix_ms",
    "  lead:                    # who it is: email, user_id, anonymous_id, ids (a tool's own id)",
    "    email: email",
    "    ids: {crm: contact_id}",
    "  account:                 # the company: domain, ids, traits",
    "    domain: website",
    "  traits:                  # what is known of the lead",
    "    job_title: title",
    "    country: {value: DE}   # the same in each row",
    "  properties:              # activities and deals; a deal needs deal_id",
    "    deal_id: deal",
    "    amount: value          # 1250.50 or 1,250.50; of 1.250,50: {column: value, decimal: comma}",
    "    currency: {value: EUR}",
    "  type: deal_won           # the activity type; or a column's, and what its words mean:",
    "                           # {column: status, types: {Closed Won: deal_won, Closed Lost: deal_lost}}",
    "An empty cell is absent: unknown is not zero.",
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_CATALOGUE = click.option(
    "--catalogue",
    "catalogue_path",
    type=_FILE,
    metavar="CATALOGUE.yaml",
    help="The stack's catalogue: rows of a type that it does not read are refused before they are sent.",
)
_ANNOUNCE = click.option(
    "--announce", is_flag=True, help="Decide and announce as for news: hand-offs, campaigns, events."
)
_OPTIONS = (
    click.argument("file", type=_FILE, metavar="FILE"),
    click.option("--map", "map_path", type=_FILE, required=True, metavar="MAP.yaml", help="The mapping."),
    click.option("--url", envvar="LEADLIGHT_URL", show_envvar=True, metavar="URL", help="The API: output ApiUrl."),
    click.option(
        "--batch", type=click.IntRange(1, 1000), default=200, show_default=True, help="Most rows per request."
    ),
    click.option(
        "--clients", type=click.IntRange(1, 64), default=2, show_default=True, help="Requests under way at a time."
    ),
    click.option("--dry-run", is_flag=True, help="Send nothing: check every row, and show what the first is sent as."),
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
)


@click.group("import", epilog=MAPPING)
def import_() -> None:
    """Import leads, accounts, activities, deals or spend from a file, through the API.

    CSV with a header; JSONL, where a.b names a value of a nested object; or Parquet (pip install
    'leadlight[import]'). Rows are stored and scored as backfill: nobody is enrolled, handed off or announced for
    them, unless --announce is given. The same file again changes nothing: a row's source and id name it. An import
    that was interrupted goes on where it was when the same command is given again.
    """


def _command(kind: Kind, *lines: str, mapping: tuple[str, ...]) -> Callable[[Callable[..., None]], click.Command]:
    """A command of `import` with the arguments that all kinds take, examples, and a mapping to start from."""
    epilog = (
        examples(*(f"import {kind} {line}" for line in lines))
        + "\n\n"
        + block(f"{kind}.map.yaml (`leadlight import --help` explains it):", *(f"  {line}" for line in mapping))
    )

    def wrap(command: Callable[..., None]) -> click.Command:
        for option in reversed(_OPTIONS):
            command = option(command)
        return import_.command(kind, epilog=epilog)(command)

    return wrap


@_command(
    "leads",
    "leads.csv --map leads.map.yaml --dry-run",
    f"leads.csv --map leads.map.yaml {STACK}",
    mapping=(
        "source: import:crm",
        "id: contact_id",
        "time: created_at",
        "lead: {email: email}",
        "traits: {job_title: title, company_size: employees}",
    ),
)
@_ANNOUNCE
def import_leads(**given: Any) -> None:
    """Import leads: each row states who a lead is, and its traits."""
    run("leads", Options(**given))


@_command(
    "accounts",
    f"accounts.parquet --map accounts.map.yaml {STACK}",
    mapping=(
        "source: import:crm",
        "id: account_id",
        "time: updated_at",
        "account:",
        "  domain: website",
        "  ids: {crm: account_id}",
        "  traits: {company_size: employees, industry: industry}",
    ),
)
@_ANNOUNCE
def import_accounts(**given: Any) -> None:
    """Import accounts: each row states which company it is, by domain or a tool's id, and its traits."""
    run("accounts", Options(**given))


@_command(
    "activities",
    f"events.jsonl --map activities.map.yaml --catalogue catalogue.yaml {STACK}",
    mapping=(
        "source: import:analytics",
        "id: event.id             # of nested objects in JSONL",
        "time: {column: event.ts, format: unix_ms}",
        "lead: {email: user.email, anonymous_id: user.device}",
        "type:",
        "  column: event.name     # or one for all rows: type: demo_requested",
        "  types: {Page: page_viewed, Signed Up: trial_started}",
        "properties: {path: page.path}",
    ),
)
@_CATALOGUE
@_ANNOUNCE
def import_activities(**given: Any) -> None:
    """Import activities: each row is one thing that a lead did."""
    run("activities", Options(**given))


@_command(
    "deals",
    f"won.csv --map deals.map.yaml {STACK}",
    mapping=(
        "source: import:crm",
        "id: [contact_id, deal_id]",
        "time: closed_at",
        "lead: {email: email}",
        "type: deal_won           # also deal_opened, deal_lost; deal_won where not given",
        "properties: {deal_id: deal_id, amount: value, currency: {value: EUR}}",
    ),
)
@_ANNOUNCE
def import_deals(**given: Any) -> None:
    """Import deals: each row states that a lead's deal was opened, won or lost."""
    run("deals", Options(**given))


@_command(
    "spend",
    f"spend.csv --map spend.map.yaml {STACK}",
    mapping=(
        "source: import:ads",
        "id: [date, campaign]     # with the day it names a line: the same again replaces it",
        "time: date",
        "channel: {value: paid search}",
        "campaign: campaign       # may be left out",
        "amount: cost",
        "currency: {value: EUR}",
    ),
)
def import_spend(**given: Any) -> None:
    """Import spend: each row is what marketing or sales cost on a day, by channel and campaign; for the KPI cac."""
    run("spend", Options(**given))
