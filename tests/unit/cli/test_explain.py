import pytest

from tests.unit.builders import cloudevent
from tests.unit.cli.test_score import AS_OF, HISTORY


@pytest.mark.parametrize("name", ["jane@acme.com", "Jane@ACME.com", "42", "user:42"])
def test_a_lead_is_found_by_any_of_its_names(cli, jsonl, name: str) -> None:
    """The picture shows each reason, and what limit, decay and cap took of it."""
    result = cli("explain", name, "--activities", jsonl(HISTORY), *AS_OF)
    assert result.exit_code == 0
    pricing = next(line for line in result.output.splitlines() if "pricing page" in line)
    assert all(word in pricing for word in ("█", "▓", "▒", "limit -", "decay -", "cap -", "= 30: 2026-11-"))
    assert "executive or founder" in result.output


def test_a_name_that_nobody_has_is_answered_with_the_nearest(cli, jsonl) -> None:
    """Exit code 1."""
    result = cli("explain", "jane@acme.co", "--activities", jsonl(HISTORY), *AS_OF)
    assert result.exit_code == 1
    assert "did you mean jane@acme.com?" in result.output


def test_a_name_of_several_leads_asks_which(cli, jsonl) -> None:
    """Two tools may know two people by the same word."""
    events = [
        dict(event, subject=f"{kind}@a.io", data={"lead": {kind: "x"}})
        for kind, event in zip(("user_id", "anonymous_id"), HISTORY[-3:], strict=False)
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
    assert "what would make it mql (score 45 and grade C), the least first" in result.output


def test_the_cheapest_ways_to_the_next_stage_stand_below(cli, jsonl) -> None:
    """What would have to happen, and the score that it comes to."""
    result = cli("explain", "a1", "--activities", jsonl(HISTORY), *AS_OF)
    assert result.exit_code == 0
    _, _, ways = result.output.partition("what would make it mql (score 45 and grade C), the least first\n")
    assert "demo_requested (demo requested)" in ways.splitlines()[0]


def test_a_lead_beyond_every_threshold_is_told_so(cli, jsonl) -> None:
    """No score leads further than SQL."""
    ready = [*HISTORY, cloudevent("trial_started", name="t", time="2026-11-20T10:00:00Z", subject="jane@acme.com")]
    ready.append(cloudevent("email_replied", name="r", time="2026-11-20T10:00:00Z", subject="jane@acme.com"))
    ready.append(cloudevent("demo_requested", name="d2", time="2026-11-21T10:00:00Z", subject="jane@acme.com"))
    ready.remove(HISTORY[-2])
    result = cli("explain", "jane@acme.com", "--activities", jsonl(ready), *AS_OF)
    assert "no score leads to a further stage from here" in result.output
