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
