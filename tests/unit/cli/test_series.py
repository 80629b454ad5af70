"""`history` and `forecast`: a lead's line, from a file or a stack."""

import json

import pytest

from tests.unit.cli.local_api import Request
from tests.unit.cli.test_score import AS_OF, HISTORY

LINES = ["leaves mql", "nearly-ready", "leaves sql", "mql", "sql"]


def shown(cli, command: str, jsonl, *arguments: object) -> dict:
    result = cli(command, "jane@acme.com", "--activities", jsonl(HISTORY), *AS_OF, "--json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_last_day_of_the_history_is_the_score_of_today(cli, jsonl) -> None:
    """33 days, the last one as `score` says it, each day as `score` said it on that day."""
    found = shown(cli, "history", jsonl)
    days = found["history"]
    assert (len(days), days[0]["date"], days[-1]["date"]) == (33, "2026-10-20", "2026-11-21")
    assert [line["name"] for line in found["lines"]] == LINES
    for day in days[12:]:  # from the day on which the lead became known
        scored = cli("score", "--activities", jsonl(HISTORY), "--as-of", day["date"], "--json")
        jane = next(lead for lead in map(json.loads, scored.stdout.splitlines()) if lead["lead_id"] == found["lead_id"])
        assert day == {"date": day["date"]} | {name: jane[name] for name in ("score", "grade", "buying_stage")}


def test_the_forecast_is_what_will_be_scored(cli, jsonl) -> None:
    """A later day without activity, scored on that day, is what was forecast."""
    found = shown(cli, "forecast", jsonl, "--days", "20")["forecast"]
    assert [day["date"] for day in (found["days"][0], found["days"][-1])] == ["2026-11-21", "2026-12-11"]
    later = shown(cli, "history", jsonl, "--days", "1", "--as-of", "2026-12-11")["history"]
    assert later == found["days"][-1:]
    assert {crossing["date"] for crossing in found["crossings"]} <= {day["date"] for day in found["days"][1:]}


@pytest.mark.parametrize("command", ["history", "forecast"])
def test_it_is_drawn(cli, jsonl, command: str) -> None:
    """A line in braille, an axis with dates, thresholds with their names; the score before it."""
    result = cli(command, "jane@acme.com", "--activities", jsonl(HISTORY), *AS_OF)
    assert result.exit_code == 0
    rows = result.output.splitlines()
    assert rows[0].startswith("A ")
    assert "jane@acme.com" in rows[0]
    assert any("⠀" < char <= "⣿" for char in result.output)
    assert next(row for row in rows if row.endswith(" sql 60")).count("╌") > 20
    assert any(row.startswith("100 ┤") for row in rows)
    dates = next(row for row in rows if "Oct" in row or "Nov" in row)
    assert "Nov 21" in dates if command == "history" else "Dec 24" in dates
    assert max(map(len, rows)) <= 160


def test_what_is_crossed_stands_below_the_forecast(cli, jsonl) -> None:
    """By day, in words."""
    crossings = shown(cli, "forecast", jsonl)["forecast"]["crossings"]
    assert crossings
    drawn = cli("forecast", "jane@acme.com", "--activities", jsonl(HISTORY), *AS_OF).output.splitlines()
    assert drawn[-len(crossings) :] == [f"{crossing['date']}  {crossing['words']}" for crossing in crossings]


@pytest.mark.parametrize("command", ["history", "forecast"])
def test_a_running_stack_answers_the_same(cli, api, jsonl, command: str) -> None:
    """The API works the days out of its own fold; it is asked for as many as the operator wants."""
    csv = jsonl([]).with_name("leads.csv")
    csv.write_text("id,email,title\n1,ann@acme.com,CTO\n")
    mapping = csv.with_name("map.yaml")
    mapping.write_text("{source: t, id: id, lead: {email: email}, traits: {job_title: title}}")
    assert cli("import", "leads", csv, "--map", mapping).exit_code == 0
    result = cli(command, "ann@acme.com", "--days", "9", "--json")
    assert result.exit_code == 0, result.output
    assert api.requests[-1].query == {"days": "9"}
    found = json.loads(result.stdout)
    assert [line["name"] for line in found["lines"]] == LINES
    assert len(found["history"] if command == "history" else found["forecast"]["days"][1:]) == 9
    assert "ann@acme.com" in cli(command, "ann@acme.com").output


def test_the_api_shows_why_not(cli, api, jsonl) -> None:
    """What the next stage asks for, and ways as steps that a program can read; the days only where asked for."""
    csv = jsonl([]).with_name("leads.csv")
    csv.write_text("id,email,title\n1,ann@acme.com,CTO\n")
    mapping = csv.with_name("map.yaml")
    mapping.write_text("{source: t, id: id, lead: {email: email}, traits: {job_title: title}}")
    assert cli("import", "leads", csv, "--map", mapping).exit_code == 0
    lead = json.loads(cli("lead", "ann@acme.com", "--json").stdout)
    assert "history" not in lead
    assert lead["why_not"]["target"] == {"score": 45, "grade": "C", "enter": "mql"}
    first = lead["why_not"]["ways"][0]
    assert set(first) == {"cost", "words", "score", "grade", "buying_stage", "steps", "gains"}
    assert first["cost"] == sum(step.get("times", 1) for step in first["steps"])
    assert round(sum(first["gains"].values()), 3) == first["score"] - lead["score"]


def test_the_api_refuses_days_that_it_cannot_tell(cli, api) -> None:
    """Facts are kept for the longest window and 33 days."""
    for days in ("0", "34", "many", "\N{SUPERSCRIPT TWO}"):
        status, _, body = api.answer(Request("GET", "/v1/leads/ld_x", {"days": days}, {}, b""))
        assert status == 422
        assert "days must be a number from 1 to 33" in body.decode()
