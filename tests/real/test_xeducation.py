"""A hand-written card against real leads that it never saw. The data is not part of the project."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadlight.cli.main import main
from leadlight.model.document import read_catalogue, read_model

HERE = Path(__file__).parent
MODEL, MAPPING = HERE / "xeducation.model.yaml", HERE / "xeducation.map.yaml"
LEAKING = ("Tags", "Lead Quality", "Lead Profile", "Last Notable Activity", "Last Activity", "Asymmetrique")


def test_the_card_is_one_that_a_person_can_read() -> None:
    """At most 20 criteria, and no column that is filled in after sales spoke to the lead."""
    model = read_model(MODEL, catalogue=read_catalogue())
    assert len(model.fit) + len(model.signals) <= 20
    columns = [line.partition(":")[2] for line in MAPPING.read_text().splitlines() if not line.startswith("#")]
    assert not [name for name in LEAKING for column in columns if name in column]


@pytest.mark.real_data
def test_the_card_holds_on_the_newest_leads(real_data: Path) -> None:
    """AUC of at least 0.80 on the newest 30 %; it was written from the oldest 70 %."""
    leads = real_data / "data" / "xeducation" / "Leads.csv"
    if not leads.exists():
        pytest.skip(f"{leads} is not there: the real data is not part of the project")
    arguments = [leads, "--map", MAPPING, "--model", MODEL, "--won", "Converted", "--order", "Lead Number"]
    result = CliRunner().invoke(main, ["backtest", *map(str, arguments), "--newest", "30%", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["leads"], found["refused"]) == (2772, 0)
    assert found["auc"] >= 0.80
    assert found["top_decile"]["lift"] >= 2.0
    assert [band["rate"] for band in found["bands"][-4:]] == sorted(
        (band["rate"] for band in found["bands"][-4:]), reverse=True
    )
