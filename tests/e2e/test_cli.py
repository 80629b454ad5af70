"""The operator's commands against a stack that checks every signature and grant."""

import json
from pathlib import Path

from infra.local.session import LocalStack
from tests.e2e.operator import operator


def test_an_operator_imports_reads_and_refreshes(stack_enforced: LocalStack, tmp_path: Path) -> None:
    """With nothing but the right to call the API."""
    cli = operator(stack_enforced)
    leads, mapping = tmp_path / "leads.csv", tmp_path / "leads.map.yaml"
    leads.write_text("id,email,at,title\n1,grace@cli.example,2026-03-01,CTO\n2,alan@cli.example,2026-03-02,Intern\n")
    mapping.write_text("{source: import:cli, id: id, time: at, lead: {email: email}, traits: {job_title: title}}")
    printed = cli("import", "leads", leads, "--map", mapping, "--checkpoints", tmp_path / "checkpoints")
    assert "2 rows: 2 recorded, 0 refused" in printed
    stack_enforced.wait_idle()

    found = json.loads(cli("lead", "grace@cli.example", "--json"))
    assert (found["traits"], found["decisions"]) == ({"job_title": "CTO"}, [])
    assert "executive or founder" in cli("explain", "grace@cli.example")
    assert "grace@cli.example" in cli("leads", "--limit", 200)
    kpis = json.loads(cli("kpis", "--refresh", "--from", "2026-03-01", "--to", "2026-03-02", "--json"))["kpis"]
    assert next(kpi["value"] for kpi in kpis if kpi["kpi"] == "new_leads") == 2


def test_spend_and_deals_give_the_cost_of_a_customer(stack_enforced: LocalStack, tmp_path: Path) -> None:
    """Imported with the right to call the API alone; the rollup knows of both."""
    cli = operator(stack_enforced)

    def bring(kind: str, rows: str, mapping: str) -> str:
        file, map_file = tmp_path / f"{kind}.csv", tmp_path / f"{kind}.yaml"
        file.write_text(rows)
        map_file.write_text(mapping)
        return cli("import", kind, file, "--map", map_file, "--checkpoints", tmp_path / "checkpoints")

    spend = (
        "{source: import:ads, id: [day, channel], time: day, channel: channel, amount: cost, currency: {value: EUR}}"
    )
    rows = "day,channel,cost\n" + "".join(f"2016-05-{day:02},search,{day}\n" for day in range(1, 31))
    for _ in range(2):
        assert "30 rows: 30 recorded, 0 refused" in bring("spend", rows, spend)
    deals = (
        "{source: import:cli, id: id, time: at, lead: {email: email}, properties: {deal_id: id, amount: {value: 9}}}"
    )
    bring("deals", "id,email,at\nd1,edith@cli.example,2016-05-07\nd2,kurt@cli.example,2016-05-08\n", deals)
    stack_enforced.wait_idle()
    cli("kpis", "--refresh")
    found = json.loads(cli("kpis", "--from", "2016-05-01", "--to", "2016-05-31", "--json"))["kpis"]
    (cac,) = (kpi for kpi in found if kpi["kpi"] == "cac")
    assert (cac["value"], cac["numerator"], cac["denominator"], cac["unit"]) == (232.5, 465.0, 2, "EUR")
