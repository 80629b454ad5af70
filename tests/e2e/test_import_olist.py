"""Real leads and deals of a marketplace, imported through the running API. The data is not part of the project."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.session import LocalStack
from tests.e2e.operator import Cli, operator

HERE = Path(__file__).parent
WINDOW = ("--from", "2017-06-14", "--to", "2018-12-31")  # the data's own days: other tests share the stack


@pytest.fixture(scope="module")
def cli(stack: LocalStack) -> Cli:
    return operator(stack)


@pytest.fixture(scope="module")
def imported(
    stack: LocalStack, cli: Cli, real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], list[str]]:
    """Imports both files, waits until all is scored, and returns what the command printed."""
    checkpoints = str(tmp_path_factory.mktemp("checkpoints"))

    def once() -> list[str]:
        printed = [
            cli(
                "import",
                kind,
                str(real_data / "data" / "olist" / file),
                "--map",
                str(HERE / mapping),
                "--checkpoints",
                checkpoints,
            )
            for kind, file, mapping in (
                ("leads", "olist_marketing_qualified_leads_dataset.csv", "olist_leads.map.yaml"),
                ("deals", "olist_closed_deals_dataset.csv", "olist_deals.map.yaml"),
            )
        ]
        stack.wait_idle(timeout=300)
        return printed

    return once


def folds(stack: LocalStack) -> dict[str, bytes]:
    """The stored bytes of every lead's fold."""
    pages = stack.clients("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["LeadsTable"])
    return {
        item["lead_id"]["S"]: bytes(item["fold"]["B"])
        for page in pages
        for item in page["Items"]
        if item["item"]["S"] == "state"
    }


def measures(cli: Cli) -> list[dict[str, object]]:
    """The KPIs as they stand."""
    return json.loads(cli("kpis", "--json", *WINDOW))["kpis"]


@pytest.mark.real_data
def test_olist_gives_the_figures_that_were_worked_out_independently_and_a_second_import_changes_nothing(
    stack: LocalStack, cli: Cli, imported: Callable[[], list[str]]
) -> None:
    """8,000 leads, 842 customers, 691 within 0 to 90 whole days, median 14, p90 162; one deal is out of order."""
    leads, deals = imported()
    assert "8,000 rows: 8,000 recorded, 0 refused" in leads
    assert "842 rows: 842 recorded, 0 refused" in deals

    printed = cli("kpis", "--refresh", *WINDOW)
    rows = {line.split("  ")[0].strip(): line for line in printed.splitlines()}
    assert re.search(r"\b842\b", rows["Customers"])
    assert "691 of 8,000" in rows["Lead to customer within 90 days"]
    assert "1 out of order: dated before first contact" in rows["Lead to customer within 90 days"]
    assert " 14 days" in rows["Sales cycle, median"]
    assert " 162 days" in rows["Sales cycle, p90"]

    before = folds(stack), measures(cli)
    events = len(stack.events())
    again = imported()
    assert len(stack.events()) == events
    assert [summary.partition(" requests")[0] for summary in again] == [
        summary.partition(" requests")[0] for summary in (leads, deals)
    ]
    cli("kpis", "--refresh")
    assert (folds(stack), measures(cli)) == before
