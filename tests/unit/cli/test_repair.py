"""`leadlight failed`, `redrive`, `rebuild`, `audit` and `state`, over the real repair function on a quiet world."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from leadlight import sources
from leadlight.activity import Identity, lead_id_of
from leadlight.cli import repair as auditing
from leadlight.cli.client import ApiError
from leadlight.problems import MalformedEvent
from leadlight.runtime import api as reading
from leadlight.runtime import repair
from tests.simulation.quiet import Quiet, quiet
from tests.unit.builders import NOW, cloudevent
from tests.unit.cli.local_api import Answer, LocalApi, Request
from tests.unit.runtime.repair.broken import batch_of, lost

ADA = lead_id_of(Identity("email", "ada@example.com"))
MATCHES = {
    "failed-events": "{failed_id}",
    "leads": "{lead_id}",
}


@pytest.fixture
def running(api: LocalApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Quiet]:
    """A stack whose repair function is the real one."""
    monkeypatch.setattr("leadlight.cli.repair._SETTLES", 0)
    with quiet(NOW) as found:

        def first(request: Request) -> Answer:
            handle = repair.handle if _route(request) in repair.routes.ROUTES else reading.handle
            answer = handle(event_of(request), found.world)
            return answer["statusCode"], answer["headers"], answer["body"].encode()

        api.first = first
        yield found


def _route(request: Request) -> str:
    return str(event_of(request)["routeKey"])


def event_of(request: Request) -> dict[str, Any]:
    """The request as API Gateway hands it to a function."""
    _, version, name, *rest = request.path.split("/")
    parameters: dict[str, str] = {}
    if rest and name in MATCHES and rest != ["replay"]:
        parameters = {MATCHES[name][1:-1]: rest[0]}
        rest = [MATCHES[name], *rest[1:]]
    return {
        "routeKey": f"{request.method} /{'/'.join((version, name, *rest))}",
        "pathParameters": parameters,
        "queryStringParameters": request.query,
        "requestContext": {"http": {"method": request.method}, "requestId": "request-1"},
    }


def misread(running: Quiet, monkeypatch: pytest.MonkeyPatch, count: int = 1) -> None:
    """Webhooks that are not understood, until `monkeypatch.undo`-like mending of the translator."""
    for number in range(count):
        moment = (NOW - timedelta(hours=number + 1)).isoformat()
        call = {"type": "later", "messageId": f"m-{number}", "timestamp": moment, "userId": "ada@example.com"}
        running.segment(call)
    segment = sources.SOURCES["segment"]

    def mended(event: Any) -> Any:
        if event["messageId"] == "m-9":
            raise MalformedEvent("still not", field="type")
        return segment.activity({**event, "type": "track", "event": "Demo Requested"})

    monkeypatch.setitem(
        sources.SOURCES, "segment", sources.Source(segment.verify, segment.events, mended, segment.kept)
    )


def test_failed_events_are_listed_shown_and_replayed(cli, running, monkeypatch):
    """The list has no bodies; one is shown with its body; replayed it is done, and the list is empty."""
    misread(running, monkeypatch)
    listed = json.loads(cli("failed", "list", "--json").stdout)
    assert (listed["source"], "body" in listed) == ("segment", False)
    today = NOW.date().isoformat()
    for wanted in (("--reason", "UNKNOWN-TYPE"), ("--source", "segment"), ("--from", today, "--to", today)):
        assert listed["id"] in cli("failed", "list", *wanted).stdout
    assert cli("failed", "list", "--source", "run").output == "no failed events\n"
    assert json.loads(json.loads(cli("failed", "show", listed["id"]).stdout)["body"])["messageId"] == "m-0"
    assert cli("failed", "replay", listed["id"]).output == "replayed 1, failed again 0, facts 1\n"
    assert cli("failed", "list").output == "no failed events\n"
    assert json.loads(cli("failed", "list", "--state", "all", "--json").stdout)["replayed_at"]


def test_many_are_replayed_with_a_count(cli, running, monkeypatch):
    """In requests of 25; exit code 1 where some failed again, with their reasons."""
    misread(running, monkeypatch, count=60)
    result = cli("failed", "replay", "--source", "segment")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (1, "replayed 59, failed again 1, facts 59")
    assert "still not" in result.stdout
    assert "more:" not in result.stdout
    assert "1 could not be understood" in result.stderr
    running.settle()
    assert running.world.leads.get(ADA, consistent=True).fold.signals["demo_requested"]
    assert json.loads(cli("failed", "replay", "--source", "cloudevents", "--json").stdout)["replayed"] == 0
    assert cli("failed", "replay", "--reason", "another").stdout.startswith("nothing that waits is meant")
    mistyped = cli("failed", "replay", "--source", "segmant")
    assert (mistyped.exit_code, "must be one of cloudevents, segment, stream, run" in mistyped.stderr) == (1, True)


def test_what_failed_again_and_is_not_shown_is_counted(cli, running):
    """Five reasons are enough to see why, and the rest is not left out in silence."""
    for number in range(7):
        call = {"type": "later", "messageId": f"m-{number}", "timestamp": NOW.isoformat(), "userId": "ada@example.com"}
        running.segment(call)
    result = cli("failed", "replay", "--all")
    assert (result.exit_code, len(result.stdout.splitlines())) == (1, 7)
    assert result.stdout.endswith("  and 2 more: `leadlight failed list` shows them\n")


@pytest.mark.parametrize("arguments", [["failed", "replay"], ["failed", "replay", "x", "--all"], ["audit"]])
def test_it_has_to_be_said_which(cli, running, arguments):
    """Nothing happens to everything by an option that was forgotten."""
    assert cli(*arguments).exit_code == 2


def test_redrive_says_what_came_back(cli, running):
    """By kind; what can't be read is an exit code of 1."""
    running.world.letters.waiting["rollup"] = ["{}"]
    result = cli("redrive")
    assert (result.exit_code, "letters 1" in result.stdout) == (0, True)
    running.world.failed.given_up["aws/lambda/a"] = b"nothing"
    result = cli("redrive", "--json")
    assert (result.exit_code, json.loads(result.stdout)["left"]) == (1, 1)


def test_an_audit_names_what_differs_and_a_rebuild_prints_it(cli, running):
    """Lead by lead; in the end nothing differs."""
    running.activity(cloudevent("demo_requested"))
    running.settle()
    for arguments in (["--all"], ["--sample", 5], ["ada@example.com"]):
        result = cli("audit", *arguments)
        assert result.exit_code == 0, result.output
        assert "checked, 1 of them leads that stand by themselves; 0 differ" in result.stdout
    assert "recorded 1 = counted 1 + set aside 0 + expired 0" in result.stdout
    for name in ("a", "b", "c"):
        running.activity(cloudevent("account_identified", name=name, data={"account": {"domain": f"{name}.example"}}))
    running.settle()
    for _ in range(5):  # accounts lie between the leads, and are none
        sampled = json.loads(cli("audit", "--sample", 1, "--json").stdout)
        assert (sampled["leads"], sampled["facts"]["counted"]) == (1, 1)
    state = running.world.leads.get(ADA, consistent=True)
    state.fold.signals.clear()
    running.world.leads.put(state)
    result = cli("audit", "--all", "--json")
    assert (result.exit_code, json.loads(result.stdout)["differing"][0]["lead_id"]) == (1, ADA)
    assert "signals demo_requested" in cli("audit", "--all").stdout
    result = cli("rebuild", ADA)
    assert "signals demo_requested: stored None, by its facts {'2026-11-21': 1}" in result.stdout
    assert result.stdout.endswith("rebuilt\n")
    assert "nothing differs" in cli("rebuild", "ada@example.com").stdout
    assert cli("audit", ADA).exit_code == 0


def test_an_audit_finds_what_waits_where_no_lead_can_show_it(cli, running):
    """A lead whose only batch was given up has no state: the batch is counted, and a rebuild brings the lead in too."""
    running.activity(cloudevent("demo_requested"))
    running.world.failed.given_up["aws/lambda/a"] = batch_of(lost(running.world.activities_stream))
    running.world.letters.waiting["rollup"] = ["{}"]
    result = cli("audit", "--all")
    assert result.exit_code == 1
    assert "waiting: failed events 0, dead letters 1, batches given up 1" in result.stdout
    assert "2 dead letters and batches wait: run `leadlight redrive`" in result.output
    result = cli("rebuild", ADA)
    assert (result.exit_code, "stored None, by its facts" in result.stdout) == (0, True)
    assert running.world.leads.get(ADA, consistent=True).standing.seq
    assert cli("redrive").exit_code == cli("audit", "--all").exit_code == 0
    assert "0 differ" in cli("audit", ADA).stdout


def test_an_audit_that_comes_to_no_end_tells_what_it_found(cli, running, monkeypatch):
    """And that it did not come to one."""
    for name in ("ada", "ben"):
        running.activity(cloudevent("demo_requested", name=name, subject=f"{name}@example.com"))
    running.settle()
    state = running.world.leads.get(ADA, consistent=True)
    state.fold.signals.clear()
    running.world.leads.put(state)
    shares = auditing._shares

    def until_then(*given):
        yield from shares(*given)
        raise ApiError("GET /v1/audit: 503")

    monkeypatch.setattr(auditing, "_shares", until_then)
    result = cli("audit", "--all")
    assert (result.exit_code, "signals demo_requested" in result.stdout) == (1, True)
    assert "ended after 3 states: GET /v1/audit: 503" in result.output


def test_an_audit_tells_of_a_state_that_cannot_be_read_and_drops_who_was_erased(cli, running, monkeypatch):
    """Both are looked at once more, and neither keeps the rest from being told."""
    for name in ("ada", "ben"):
        running.activity(cloudevent("demo_requested", name=name, subject=f"{name}@example.com"))
    running.settle()
    table, ben = running.world.leads.table, lead_id_of(Identity("email", "ben@example.com"))
    table.put({**table.get(ADA, "state"), "fold": {"B": b"nonsense"}})
    state = running.world.leads.get(ben, consistent=True)
    state.fold.signals.clear()
    running.world.leads.put(state)
    monkeypatch.setattr("leadlight.cli.repair.time.sleep", lambda _: running.forget(ben))
    result = cli("audit", "--all", "--json")
    assert result.exit_code == 1
    assert {each["lead_id"] for each in json.loads(result.stdout)["differing"]} == {ADA}
    assert "can't be read needs the version of the code" in result.output


def test_a_state_is_readable(cli, running):
    """Sizes by part, the ring as times, buckets, registers, standing."""
    running.activity(cloudevent("demo_requested", data={"traits": {"job_title": "CTO"}, "properties": {}}))
    running.settle()
    shown = cli("state", "ada@example.com").stdout
    for part in ("version 2", "bytes: ", "of the fold: signals", "2026-11-21T11:00:00.000Z", "2026-11-21: 1", "CTO"):
        assert part in shown, part
    found = json.loads(cli("state", ADA, "--json").stdout)
    assert found["bytes"]["all"] == sum(size for name, size in found["bytes"].items() if name != "all")
    assert 0 < found["fold_bytes"]["signals"] < found["fold_bytes"]["all"] <= found["bytes"]["fold"]
    assert found["standing"]["entered_at"] is None or found["standing"]["entered_at"].startswith("2026-11-21")
    assert cli("state", "ld_nobody").exit_code == 1
