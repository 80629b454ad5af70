"""What can be imported: leads, accounts, activities, deals and spend, from CSV, JSONL and Parquet."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from leadlight.model.document import DEFAULT_CATALOGUE

Write = Callable[[str, str, str], tuple[Any, ...]]
ACTIVITIES = """
source: import:analytics
id: event.id
time: {column: event.ts, format: unix_ms}
lead: {email: user.email}
account: {domain: user.site}
type: {column: event.name, types: {Page: page_viewed}}
properties: {path: page.path}
"""
ACCOUNTS = """
source: import:crm
id: id
time: at
account: {domain: website, ids: {crm: id}, traits: {company_size: employees}}
"""
DEALS = """
source: import:crm
id: deal
time: at
lead: {email: email}
type: {column: status, types: {Closed Won: deal_won, Closed Lost: deal_lost}}
properties: {deal_id: deal, amount: worth, currency: {value: EUR}}
"""
SPEND = """
source: import:ads
id: [day, campaign]
time: {column: day, format: '%d/%m/%Y'}
channel: {value: paid search}
campaign: campaign
amount: cost
currency: {value: EUR}
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and its mapping; returns the arguments that name them."""

    def written(name: str, content: str, mapping: str) -> tuple[Any, ...]:
        (tmp_path / name).write_text(content)
        (tmp_path / "map.yaml").write_text(mapping)
        return tmp_path / name, "--map", tmp_path / "map.yaml", "--checkpoints", tmp_path / "checkpoints"

    return written


def event(number: int, name: str, **page: str) -> str:
    seen = {"id": number, "name": name, "ts": 1_790_000_000_000 + number}
    return json.dumps({"event": seen, "user": {"email": "ann@acme.com", "site": "acme.com"}, "page": page}) + "\n"


def refused(arguments: tuple[Any, ...]) -> list[dict[str, Any]]:
    file: Path = arguments[0]
    return [json.loads(line) for line in file.with_name(f"{file.name}.refused.jsonl").read_text().splitlines()]


def test_activities_come_from_nested_json_under_their_own_words(cli, api, write) -> None:
    """A word that is an activity type already needs no translation."""
    lines = event(1, "Page", path="/pricing") + event(2, "demo_requested")
    result = cli("import", "activities", *write("events.jsonl", lines, ACTIVITIES))
    assert "2 rows: 2 recorded, 0 refused, 1 requests" in result.output
    found = {fact.source_id: fact for fact in api.stored.values() if fact.kind == "activity"}
    assert [(found[name].type, dict(found[name].values)) for name in "12"] == [
        ("page_viewed", {"path": "/pricing"}),
        ("demo_requested", {}),
    ]
    assert all(fact.backfill for fact in api.stored.values())


def test_an_unknown_type_is_refused_before_it_is_sent_where_the_catalogue_is_given(cli, api, write) -> None:
    """With the nearest; without the catalogue the API refuses it, with the same answer in the file."""
    given = write("events.jsonl", event(1, "page_veiwed", path="/") + event(2, "Page"), ACTIVITIES)
    checked = cli("import", "activities", *given, "--catalogue", DEFAULT_CATALOGUE, "--dry-run")
    assert "2 rows: 1 to send in 1 requests" in checked.output
    assert not api.requests
    assert "did you mean page_viewed?" in refused(given)[0]["reason"]
    sent = cli("import", "activities", *given)
    assert (sent.exit_code, len(api.requests)) == (1, 1)
    (row,) = refused(given)
    assert (row["row"], row["values"]["event.name"]) == (1, "page_veiwed")
    assert "did you mean page_viewed?" in row["reason"]


def test_accounts_are_events_of_their_own(cli, api, write) -> None:
    """Named by domain and a tool's id, with their traits; of no lead."""
    given = write("accounts.csv", "id,website,at,employees\n42,https://www.acme.com/en,2026-10-01,120\n", ACCOUNTS)
    shown = cli("import", "accounts", *given, "--dry-run").output
    assert json.loads(shown.partition("sent as\n")[2])["data"] == {
        "account": {"domain": "https://www.acme.com/en", "ids": {"crm": "42"}, "traits": {"company_size": "120"}}
    }
    assert "1 rows: 1 recorded" in cli("import", "accounts", *given).output
    alias, fact = sorted(api.stored.values(), key=lambda each: len(each.identities))
    assert fact.lead_id.startswith("ac_")
    assert fact.values["company_size"] == "120"
    assert alias.values == {"account": "domain:acme.com"}  # whoever says the id alone means the same company


def test_a_row_without_a_company_is_still_of_its_lead(cli, api, write) -> None:
    """A company's traits without a name for it are left out; a row of accounts without one is refused."""
    leads = ACCOUNTS + "lead: {email: email}\n"
    rows = "id,website,at,employees,email\n42,,2026-10-01,120,ann@acme.com\n"
    shown = cli("import", "leads", *write("leads.csv", rows, leads.replace("ids: {crm: id}, ", "")), "--dry-run").output
    assert json.loads(shown.partition("sent as\n")[2])["data"] == {"lead": {"email": "ann@acme.com"}}
    given = write("accounts.csv", rows, ACCOUNTS.replace("ids: {crm: id}, ", ""))
    assert cli("import", "accounts", *given, "--dry-run").exit_code == 1
    assert "name the account" in refused(given)[0]["reason"]


def test_deals_say_by_a_column_what_became_of_them(cli, api, write) -> None:
    """A word that means no deal is refused, though it is an activity type."""
    rows = "deal,email,at,status,worth\n" + "".join(
        f"d{number},ann@acme.com,2026-10-01,{status},9.5\n"
        for number, status in enumerate(("Closed Won", "Closed Lost", "deal_opened", "page_viewed"))
    )
    given = write("deals.csv", rows, DEALS)
    cli("import", "deals", *given)
    assert sorted(fact.type for fact in api.stored.values()) == ["deal_lost", "deal_opened", "deal_won"]
    assert [row["row"] for row in refused(given)] == [5]
    assert "give one of deal_won, deal_opened, deal_lost" in refused(given)[0]["reason"]


def test_spend_makes_the_cost_of_a_customer_known(cli, api, write) -> None:
    """Sent in batches, each line once however often it is imported; what can't be told is refused by its row."""
    rows = "day,campaign,cost\n" + "".join(f"0{day}/10/2026,brand,{100 * day}\n" for day in range(1, 6))
    given = write("spend.csv", rows + "06/10/2026,brand,a lot\n", SPEND)
    for _ in range(2):
        result = cli("import", "spend", *given, "--batch", 2)
        assert "6 rows: 5 recorded, 1 refused, 3 requests" in result.output
    assert [request.path for request in api.requests] == ["/v1/spend"] * 6
    assert (len(api.spent), sum(line.amount for line in api.spent.values())) == (5, 150_000)
    assert refused(given)[0]["reason"].startswith("amount: amount must be a number")
    won = write(
        "deals.csv", "deal,email,at,status\nd1,ann@acme.com,2026-10-02,Closed Won\n", DEALS.replace("worth", "deal")
    )
    assert cli("import", "deals", *won).exit_code == 1  # an amount that is none
    won = write("deals.csv", "deal,email,at,status,worth\nd1,ann@acme.com,2026-10-02,Closed Won,9\n", DEALS)
    assert cli("import", "deals", *won).exit_code == 0
    (cac,) = (kpi for kpi in json.loads(cli("kpis", "--refresh", "--json").output)["kpis"] if kpi["kpi"] == "cac")
    assert (cac["value"], cac["numerator"], cac["denominator"], cac["unit"]) == (1500.0, 1500.0, 1, "EUR")


def test_parquet_is_imported_like_any_other(cli, api, write, tmp_path) -> None:
    """Ids of whole numbers with gaps, as data frames write them, name the same lead."""
    given = write("leads.parquet", "", "{source: s, id: id, lead: {ids: {crm: id}}, traits: {company_size: size}}")
    parquet.write_table(pa.table({"id": pa.array([7.0, None]), "size": pa.array([120, 3])}), given[0])
    assert "2 rows: 1 recorded, 1 refused" in cli("import", "leads", *given).output
    (fact,) = api.stored.values()
    assert (fact.source_id, fact.identities[0].value, fact.values) == ("7", "7", {"company_size": 120})
    assert refused(given)[0]["reason"] == "id is empty, and the mapping needs it"


@pytest.mark.parametrize(
    ("kind", "mapping", "problem"),
    [
        ("activities", ACTIVITIES.replace("type: {column: event.name, types: {Page: page_viewed}}", ""), "name the activity type"),
        ("activities", ACTIVITIES.replace("column: event.name", "value: page_viewed"), "type.types: says what a column's words mean"),
        ("activities", ACTIVITIES.replace("event.name", "event.nam"), "type: events.jsonl has no column 'event.nam'; did you mean event.name?"),
        ("activities", ACTIVITIES.replace("lead: {email: user.email}", ""), "lead: name the lead"),
        ("activities", ACTIVITIES.replace("user.site", "user.sight"), "account.domain: events.jsonl has no column 'user.sight'"),
        ("deals", ACTIVITIES, "type.types.Page: `import deals` takes one of deal_won, deal_opened, deal_lost, found page_viewed"),
        ("accounts", "{source: s, id: event.id, traits: {a: event.id}}", "account: name the account: give domain, id or ids"),
        ("accounts", "{source: s, id: event.id, account: {domain: user.site}, traits: {a: event.id}}", "stands in account.traits"),
        ("spend", "{source: s, id: event.id, channel: event.id, amount: event.id, currency: event.id}", "time: is required"),
        ("spend", "{source: s, id: event.id, time: event.ts, channel: event.id, amount: cost, currency: event.id}", "amount: events.jsonl has no column 'cost'"),
    ],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_its_kind_is_told(cli, write, kind: str, mapping: str, problem: str) -> None:
    """By its line, before anything is sent."""
    result = cli("import", kind, *write("events.jsonl", event(1, "Page"), mapping), "--dry-run")
    assert (result.exit_code, problem in result.output) == (1, True), result.output
