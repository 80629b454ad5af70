"""`diff`: what changes, in words, and for the leads of a file."""

import json

import pytest

from leadlight.model.document import DEFAULT_MODEL
from tests.unit.cli.test_score import AS_OF, HISTORY, score


@pytest.fixture
def changed(tmp_path):
    """The starter model, with a lower MQL threshold and a pricing page that gives nothing."""
    text = DEFAULT_MODEL.read_text()
    assert "score: 45, falls_below: 30" in text
    text = text.replace("score: 45, falls_below: 30", "score: 40, falls_below: 30")
    kept = [line for line in text.splitlines() if "id: pricing_page," not in line]
    path = tmp_path / "changed.yaml"
    path.write_text("\n".join(kept))
    return path


def test_the_changes_are_words(cli, changed) -> None:
    """No leads, no stack: one line per change."""
    result = cli("diff", DEFAULT_MODEL, changed)
    assert result.exit_code == 0, result.output
    first, second = result.output.splitlines()
    assert first.startswith("- signals pricing_page (pricing page) removed: category engagement, ")
    assert second == "~ lifecycle mql: score from 45 to 40"


def test_the_same_model_says_so(cli) -> None:
    """Nothing differs."""
    assert cli("diff", DEFAULT_MODEL, DEFAULT_MODEL).output == "the models say the same\n"


def test_the_leads_of_a_file_are_scored_by_both(cli, jsonl, changed) -> None:
    """The numbers are those of scoring the file with one model, then with the other."""
    path = jsonl(HISTORY)
    result = cli("diff", DEFAULT_MODEL, changed, "--activities", path, *AS_OF, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [change["kind"] for change in found["changes"]] == ["removed", "changed"]
    before = {lead["lead_id"]: lead["score"] for lead in score(cli, path)}
    after = {lead["lead_id"]: lead["score"] for lead in score(cli, path, "--model", changed)}
    leads = found["leads"]
    assert leads["leads"] == len(before) == 2
    assert leads["lower"] == sum(after[lead] < before[lead] for lead in before) > 0
    down = leads["down"][0]
    assert (down["before"]["score"], down["after"]["score"]) == (before[down["lead_id"]], after[down["lead_id"]])
    assert set(leads["thresholds"]) == {"mql", "sql"}


def test_the_picture_has_a_histogram_the_thresholds_and_the_movers(cli, jsonl, changed) -> None:
    """Who, how far, over what."""
    result = cli("diff", DEFAULT_MODEL, changed, "--activities", jsonl(HISTORY), *AS_OF, "--top", 1)
    assert result.exit_code == 0, result.output
    for words in ("2 leads: ", "no longer", "grades: all the same", "farthest down", "jane@acme.com", "█"):
        assert words in result.output


def test_a_broken_model_is_told_by_line(cli, tmp_path) -> None:
    """The same words as `validate`."""
    broken = tmp_path / "broken.yaml"
    broken.write_text("model: [")
    result = cli("diff", DEFAULT_MODEL, broken)
    assert result.exit_code == 1
    assert f"{broken}:1: YAML" in result.output
