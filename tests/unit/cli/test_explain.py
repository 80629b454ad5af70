import pytest

from tests.unit.cli.test_score import AS_OF, HISTORY


@pytest.mark.parametrize("name", ["jane@acme.com", "Jane@ACME.com", "42", "user:42"])
def test_a_lead_is_found_by_any_of_its_names(cli, jsonl, name: str) -> None:
    """The picture shows each reason, and what limit, decay and cap took of it."""
    result = cli("explain", name, "--activities", jsonl(HISTORY), *AS_OF)
    assert result.exit_code == 0
    pricing = next(line for line in result.output.splitlines() if "pricing page" in line)
    assert all(word in pricing for word in ("█", "▓", "▒", "limit -", "decay -", "cap -", "= 30: 2026-11-"))
    assert "VP Sales" in result.output


def test_a_name_that_nobody_has_is_answered_with_the_nearest(cli, jsonl) -> None:
    """Exit code 1."""
    result = cli("explain", "jane@acme.co", "--activities", jsonl(HISTORY), *AS_OF)
    assert result.exit_code == 1
    assert "did you mean jane@acme.com?" in result.output


def test_a_name_of_several_leads_asks_which(cli, jsonl) -> None:
    """An anonymous id may come under two leads."""
    events = [
        dict(event, subject=f"{who}@a.io", data={"lead": {"anonymous_id": "x"}})
        for who, event in zip("ab", HISTORY[-3:], strict=False)
    ]
    result = cli("explain", "x", "--activities", jsonl(events), *AS_OF)
    assert result.exit_code == 1
    assert "names several leads" in result.output
    assert result.output.count("ld_") == 2


def test_a_running_stack_explains_too(cli, api, jsonl) -> None:
    """The same picture, of the stack's score."""
    csv = jsonl([]).with_name("leads.csv")
    csv.write_text("id,email,title\n1,ann@acme.com,CTO\n")
    mapping = csv.with_name("map.yaml")
    mapping.write_text("{source: t, id: id, lead: {email: email}, traits: {job_title: title}}")
    assert cli("import", "leads", csv, "--map", mapping).exit_code == 0
    result = cli("explain", "ann@acme.com")
    assert result.exit_code == 0
    assert "executive or founder" in result.output
