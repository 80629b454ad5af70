"""What went wrong is put right: replay, redrive, rebuild, audit; doing it twice does it once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from functions.ingest import handler as ingest
from functions.publish import handler as publish
from functions.repair import handler as repair
from functions.rescore import handler as rescore
from leadlight import sources
from leadlight.activity import Activity, Identity, lead_id_of
from leadlight.activity.order_key import day_number, milliseconds, milliseconds_of
from leadlight.problems import MalformedEvent
from leadlight.releases import Task
from leadlight.runtime import rescore as rescoring
from leadlight.runtime.news import by_lead
from leadlight.runtime.repair import redrive as redriving
from leadlight.runtime.repair import replay as replaying
from leadlight.runtime.repair import waiting
from leadlight.state import Fold
from tests.simulation.memory_secrets import SECRET
from tests.simulation.quiet import Quiet, quiet
from tests.simulation.simulation import CONTEXT
from tests.simulation.world import poison
from tests.unit.builders import NOW, cloudevent

ADDRESS = "ada@example.com"
ADA = lead_id_of(Identity("email", ADDRESS))
LIST, ALL = "GET /v1/failed-events", "POST /v1/failed-events/replay"
SHOW, ONE = "GET /v1/failed-events/{failed_id}", "POST /v1/failed-events/{failed_id}/replay"


@pytest.fixture
def running() -> Iterator[Quiet]:
    with quiet(NOW) as found:
        yield found


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A translator that has an error: no Demo Requested is understood until it is mended by `undo`."""
    segment = sources.SOURCES["segment"]

    def misread(event: Any) -> Activity:
        if event.get("event") == "Demo Requested":
            raise MalformedEvent("event must be what we thought of", field="event")
        return segment.activity(event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sources.SOURCES, "segment", replace(segment, activity=misread))  # type: ignore[arg-type]
        yield patch


def track(event: str, number: int, **more: Any) -> dict[str, Any]:
    moment = (NOW - timedelta(hours=number + 1)).isoformat()
    context = {"traits": {"email": ADDRESS}}
    return {
        "type": "track",
        "event": event,
        "messageId": f"m-{number}",
        "timestamp": moment,
        "context": context,
        **more,
    }


def fold(running: Quiet, lead_id: str = ADA) -> Fold:
    state = running.world.leads.get(lead_id, consistent=True)
    return state.fold if state else Fold()


def counted(running: Quiet) -> dict[str, int]:
    return {signal: sum(days.values()) for signal, days in fold(running).signals.items()}


def batch_of(records: list[Any]) -> bytes:
    """As Lambda writes it for an S3 destination."""
    payload = json.dumps({"Records": records}, default=lambda raw: raw.decode("latin-1"))
    return json.dumps({"requestContext": {}, "DDBStreamBatchInfo": {}, "payload": payload}).encode()


def lost(stream: Any) -> list[Any]:
    """Takes every record off a stream, as if the function had failed until they were given up."""
    records = [record for lane in stream.lanes for record in lane.records]
    for lane in stream.lanes:
        lane.records.clear()
    return records


def test_failed_events_are_listed_shown_and_replayed(running, outage):
    """The whole body: what was understood before counts once. Then it is marked, and no longer waits."""
    assert running.segment({"batch": [track("Email Clicked", 1), track("Demo Requested", 2)]})["failed"] == 1
    running.settle()
    [listed] = running.repair(LIST)["failed_events"]
    assert (listed["source"], listed["reason"][:19], listed["replayed_at"]) == ("segment", "1: malformed-event:", None)
    assert "body" not in listed
    shown = running.repair(SHOW, failed_id=listed["id"])
    assert json.loads(shown["body"])["batch"][1]["event"] == "Demo Requested"

    again = running.repair(ONE, failed_id=listed["id"])
    assert (again["replayed"], again["facts"], "what we thought of" in again["reason"]) == (False, 1, True)
    outage.undo()
    for _ in range(2):
        assert running.repair(ONE, failed_id=listed["id"])["replayed"]
        running.settle()
        assert counted(running) == {"email_clicked": 1, "demo_requested": 1}
    assert running.repair(LIST)["failed_events"] == []
    [replayed] = running.repair(LIST, query={"state": "replayed"})["failed_events"]
    assert replayed["replayed_at"]
    assert running.audit()["differing"] == {}


def test_many_are_replayed_by_reason_source_and_time_in_bounded_requests(running, outage, monkeypatch):
    """A request replays a share and says where to go on; those that fail again keep their new reason."""
    monkeypatch.setattr(replaying, "REPLAYS", 2)
    monkeypatch.setattr(waiting, "READ", 2)
    for number in range(5):
        running.world.clock = NOW - timedelta(days=4 - number)
        running.segment(track("Demo Requested", 24 * (4 - number)))
        running.segment(track("", 200 + number, type="delete"))
    outage.undo()
    none = {"source": "cloudevents"}, {"reason": "nothing like it"}, {"to": "2026-11-01"}
    for query in none:
        assert sum(page["replayed"] + page["failed"] for page in pages(running, ALL, query)) == 0
    some = {"reason": "malformed-event", "from": "2026-11-19", "to": "2026-11-20"}
    assert sum(page["replayed"] for page in pages(running, ALL, some)) == 2
    done = list(pages(running, ALL, {"source": "segment"}))
    assert (sum(page["replayed"] for page in done), sum(page["failed"] for page in done)) == (3, 5)
    assert max(page["replayed"] + page["failed"] for page in done) == 2
    assert all("must be one of" in each["reason"] for page in done for each in page["failed_again"])
    running.settle()
    assert counted(running) == {"demo_requested": 5}
    waits = [each["id"] for page in pages(running, LIST, {"limit": "2"}) for each in page["failed_events"]]
    assert (len(waits), waits) == (5, sorted(waits))


def pages(running: Quiet, route: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        page = running.repair(route, query={**query, "next": cursor})
        yield page
        cursor = page["next"]


def test_facts_without_a_time_keep_that_of_their_first_receipt(running, outage):
    """However late the replay, and whatever came of the same event since: it is one fact of one day."""
    call = track("Demo Requested", 1)
    del call["timestamp"]
    running.segment(call)
    running.world.clock += timedelta(hours=3)
    running.segment(call)
    running.world.clock += timedelta(days=9)
    outage.undo()
    assert running.repair(ALL)["replayed"] == 1
    running.settle()
    assert fold(running).signals["demo_requested"] == {day_number(NOW): 1}
    assert milliseconds_of(fold(running).first.order_key) == milliseconds(NOW)


def test_an_event_that_says_what_it_is_in_headers_can_be_replayed(running, monkeypatch):
    """CloudEvents' binary mode: the attributes are kept with the body, the token is not."""
    body = json.dumps({"properties": {}, "lead": {"email": ADDRESS}})
    headers = {"authorization": f"Bearer {SECRET}", "content-type": "application/json", "ce-specversion": "1.0"}
    attributes = {"ce-id": "b-1", "ce-source": "shop", "ce-type": "demo_requested", "ce-time": "yesterday"}
    event = {
        "headers": {**headers, **attributes}, "pathParameters": {"source": "cloudevents"}, "body": body,
        "requestContext": {"http": {"method": "POST"}, "requestId": "r"},
    }  # fmt: skip
    assert json.loads(ingest.lambda_handler(event, CONTEXT)["body"])["failed"] == 1
    [(_, raw)] = running.world.failed.kept_by_id.values()
    assert SECRET.encode() not in raw
    vendor = sources.SOURCES["cloudevents"]
    mended = replace(vendor, activity=lambda event: vendor.activity({**event, "time": NOW.isoformat()}))
    monkeypatch.setitem(sources.SOURCES, "cloudevents", mended)
    assert running.repair(ALL)["replayed"] == 1
    running.settle()
    assert counted(running) == {"demo_requested": 1}


def test_a_stream_record_is_never_applied_as_an_image(running):
    """A record that was set aside tells which lead to rebuild: what is stored by then counts, not what it holds."""
    poison(running.world, ADA, NOW, 0)
    running.activity(cloudevent("demo_requested"))
    running.settle()
    [listed] = running.repair(LIST)["failed_events"]
    assert listed["source"] == "stream"
    assert not running.repair(ONE, failed_id=listed["id"])["replayed"]  # it is still no fact
    [key] = [key for key in running.world.facts.keys(ADA) if "poison" in key]
    good = running.world.facts.table.get(ADA, next(each for each in running.world.facts.keys(ADA) if each != key))
    body = json.loads(good["body"]["S"]) | {"id": "mended"}
    mended = {**good, "key": {"S": key}, "body": {"S": json.dumps(body)}}
    running.world.facts.table.put(mended)
    lost(running.world.activities_stream)
    assert running.repair(ONE, failed_id=listed["id"])["replayed"]
    assert running.repair(LIST)["failed_events"] == []


def test_a_batch_that_a_stream_gave_up_is_brought_back_by_what_is_stored(running):
    """Facts that no function ever saw, one of them rewritten since: the fold is that of the stored facts."""
    running.activity(cloudevent("email_clicked", name="a"))
    running.activity(cloudevent("lead_identified", name="t", data={"traits": {"job_title": "Intern", "team": "sales"}}))
    records = lost(running.world.activities_stream)
    running.activity(cloudevent("lead_identified", name="t", data={"traits": {"job_title": "CTO"}}))
    running.activity(cloudevent("demo_requested", name="b"))
    running.settle()
    assert running.audit()["differing"].keys() == {ADA}
    running.world.failed.given_up["aws/lambda/1/2/3"] = batch_of(records)
    assert running.redrive()["batches"] == 1
    running.settle()
    assert counted(running) == {"email_clicked": 1, "demo_requested": 1}
    assert {name: trait.value for name, trait in fold(running).traits.items()} == {"job_title": "CTO"}
    assert (running.audit()["differing"], running.world.failed.given_up) == ({}, {})
    assert running.redrive().total() == 0


def test_an_image_would_bring_back_what_was_taken_back(running, monkeypatch):
    """The test above finds what it is there for: redrive that applies what the records hold is told by the audit."""

    def by_image(records: Any, ports: Any) -> list[Any]:
        for news in by_lead(records, unreadable=lambda *_: None):
            rescoring.rescore(news, ports)
        return []

    monkeypatch.setattr(redriving, "redeliver", by_image)
    with pytest.raises(AssertionError, match="team"):
        test_a_batch_that_a_stream_gave_up_is_brought_back_by_what_is_stored(running)
    assert [found["part"] for found in running.audit()["differing"][ADA]] == ["traits team"]


def test_a_batch_of_the_leads_stream_publishes_what_is_still_unpublished(running):
    """Once: an outbox that was published meanwhile is not published again."""
    running.activity(cloudevent("demo_requested"))
    running._drain(running.world.activities_stream, rescore)
    running.world.failed.given_up["aws/lambda/1"] = batch_of(lost(running.world.leads_stream))
    assert running.world.bus.entries == []
    assert running.redrive()["outboxes"] == 1
    ids = [event.id for event in running.world.bus.entries]
    assert (len(ids), len(set(ids))) == (len(ids), len(ids))
    assert ids
    running.settle()
    assert running.redrive()["outboxes"] == 0


def test_dead_letters_are_followed_and_rolled_up(running):
    """As the rule left them, or as Lambda did; nurture follows each here, a rollup is asked for once."""
    running.activity(cloudevent("demo_requested", data={"traits": {"job_title": "CTO", "company_size": 300}}))
    running._drain(running.world.activities_stream, rescore)
    running._drain(running.world.leads_stream, publish)
    events, running.world.bus.undelivered = running.world.bus.undelivered, []
    letters = [{"detail-type": event.detail_type, "detail": json.loads(event.detail)} for event in events]
    wrapped = [letters[0], *({"version": "1.0", "requestPayload": letter} for letter in letters)]
    running.world.letters.waiting = {
        "nurture": [*map(json.dumps, wrapped), "not JSON", "{}"],
        "rollup": ["{}", "{}"],
        "sweep": [],
    }
    before = len(running.world.bus.entries)
    told = running.redrive()
    assert (told["letters"], told["left"]) == (len(wrapped) + 2, 2)
    assert running.world.leads.get_nurture(ADA).seen == max(letter["detail"]["seq"] for letter in letters)
    assert [event.detail_type for event in running.world.bus.entries[before:]] == ["KPI Rollup Requested"]
    assert running.world.letters.seen == {"nurture": ["not JSON", "{}"], "rollup": [], "sweep": []}


def test_a_page_that_was_given_up_goes_back_to_its_run(running):
    """The clock's call, as the schedule or Lambda left it, begins the sweep of the day."""
    page, tick = (
        {"run": "publish-1", "segment": 3, "page": 2, "after": "ld_a#state"},
        {"detail-type": "Scheduled Event"},
    )
    letters = [page, tick, {"version": "1.0", "requestPayload": tick}, {"segment": 1}]
    running.world.letters.waiting["sweep"] = [*map(json.dumps, letters), "not JSON"]
    told = running.redrive()
    assert (told["letters"], told["left"]) == (3, 2)
    tasks = [msgspec.json.decode(body, type=Task) for body in running.world.runs.queue]
    assert tasks[0] == Task(**page)
    assert {task.run for task in tasks[1:]} == {f"sweep-{NOW.date()}"}


def test_what_cannot_be_read_stays(running, monkeypatch):
    """A batch that is none is left where it is, and does not keep the others back; a poison record is set aside."""
    monkeypatch.setattr(redriving, "BATCHES", 1)
    running.activity(cloudevent("demo_requested"))
    records = lost(running.world.activities_stream)
    poison(running.world, ADA, NOW, 0)
    records += lost(running.world.activities_stream)
    running.world.failed.given_up = {"aws/lambda/a": b"no batch", "aws/lambda/b": batch_of(records)}
    told = running.redrive()
    assert (told["left"], told["batches"], told["failed"]) == (1, 1, 1)
    assert list(running.world.failed.given_up) == ["aws/lambda/a"]
    assert [each["source"] for each in running.repair(LIST)["failed_events"]] == ["stream"]
    assert counted(running) == {"demo_requested": 1}


def wrong(running: Quiet) -> None:
    """A lead whose stored fold is not what its facts come to."""
    state = running.world.leads.get(ADA, consistent=True)
    state.fold.count(max(state.fold.signals["demo_requested"]), ("demo_requested", "email_clicked"))
    state.fold.traits.pop("job_title", None)
    running.world.leads.put(state)
    running.settle()


def test_an_audit_finds_what_differs_and_a_rebuild_mends_it(running):
    """Each part that differs, stored and rebuilt; decisions and standing stay, and nothing is announced."""
    running.activity(cloudevent("demo_requested", data={"traits": {"job_title": "CTO"}, "properties": {}}))
    running.segment(track("Poem Read", 1))
    running.settle()
    whole = running.audit()
    assert whole["differing"] == {}
    facts = whole["facts"]
    assert facts["recorded"] == facts["counted"] + facts["set_aside"] + facts["expired"] == 2
    assert (facts["counted"], facts["set_aside"], facts["registered"]) == (1, 1, 1)
    before, events = running.world.leads.get(ADA, consistent=True), len(running.world.bus.entries)
    wrong(running)
    parts = {found["part"].split()[0] for found in running.audit()["differing"][ADA]}
    assert parts >= {"signals", "traits", "counts"}
    told = running.repair("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA)
    assert told["rebuilt"]
    assert told["differences"]
    after = running.world.leads.get(ADA, consistent=True)
    assert (after.fold, after.standing) == (before.fold, before.standing)
    running.settle()
    assert len(running.world.bus.entries) == events
    assert running.audit()["differing"] == {}
    assert not running.repair("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA)["rebuilt"]
    assert running.world.leads.get(ADA, consistent=True).version == after.version


def test_what_expired_facts_said_outlives_a_rebuild(running):
    """The first contact, and who it was: facts that are gone by time to live are no difference."""
    call = track("Demo Requested", 1, anonymousId="cookie-of-old")
    running.segment(call)
    running.settle()
    running.world.clock += timedelta(days=420)
    running.world.facts.table.expire(int(running.world.clock.timestamp()))
    running.activity(cloudevent("email_clicked", time=running.world.clock.isoformat()))
    running.settle()
    assert running.audit()["differing"] == {}
    first, identities = fold(running).first, fold(running).identities
    wrong_state = running.world.leads.get(ADA, consistent=True)
    wrong_state.fold.count(max(wrong_state.fold.signals["email_clicked"]), ("email_clicked",))
    running.world.leads.put(wrong_state)
    assert running.repair("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA)["rebuilt"]
    assert (fold(running).first, fold(running).identities) == (first, identities)
    assert counted(running) == {"email_clicked": 1}


def test_merged_leads_are_audited_at_their_root(running):
    """A fact that never came to the root shows there; redriving its record brings it."""
    running.segment(track("Trial Started", 3, anonymousId="cookie-1"))
    running.settle()
    running.segment({**track("Email Clicked", 2, anonymousId="cookie-1"), "context": {}})
    records = lost(running.world.activities_stream)
    running.settle()
    found = running.audit()["differing"]
    assert found.keys() == {ADA}
    assert found[ADA][0]["part"].startswith("facts of the merged lead")
    running.world.failed.given_up["aws/lambda/a"] = batch_of(records)
    running.redrive()
    running.settle()
    assert (running.audit()["differing"], counted(running)) == ({}, {"trial_started": 1, "email_clicked": 1})
    merged = lead_id_of(Identity("anonymous", "cookie-1"))
    assert status("POST /v1/leads/{lead_id}/rebuild", lead_id=merged) == 404


def test_who_was_forgotten_is_not_brought_back(running):
    """By a replay, by a batch of before, or by a rebuild."""
    running.activity(cloudevent("demo_requested"))
    records = [record for lane in running.world.activities_stream.lanes for record in lane.records]
    running.settle()
    running.forget(ADA)
    running.settle()
    running.world.failed.given_up["aws/lambda/a"] = batch_of(records)
    running.redrive()
    running.settle()
    assert running.world.leads.get(ADA, consistent=True) is None
    assert status("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA) == 404


@pytest.mark.parametrize(
    ("route", "query", "parameters", "expected"),
    [
        (LIST, {"from": "soon"}, {}, 422),
        (LIST, {"state": "lost"}, {}, 422),
        (LIST, {"limit": "0"}, {}, 422),
        (LIST, {"next": "nonsense"}, {}, 422),
        (SHOW, {}, {"failed_id": "2026-11-21.segment.none"}, 404),
        (ONE, {}, {"failed_id": "nonsense"}, 404),
        ("GET /v1/audit", {"part": "4", "parts": "4"}, {}, 422),
        ("GET /v1/audit", {"lead_id": "x"}, {}, 422),
        ("GET /v1/audit", {"lead_id": "ld_nobody"}, {}, 404),
        ("POST /v1/leads/{lead_id}/rebuild", {}, {"lead_id": "x"}, 422),
        ("GET /v1/nothing", {}, {}, 404),
    ],
)
def test_what_is_asked_wrong_is_said(running, route, query, parameters, expected):
    """With the field and the fix."""
    assert status(route, query=query, **parameters) == expected


def status(route: str, *, query: dict[str, str] | None = None, **parameters: str) -> int:
    method = route.partition(" ")[0]
    context = {"http": {"method": method}, "requestId": "r"}
    event = {"routeKey": route, "queryStringParameters": query, "pathParameters": parameters, "requestContext": context}
    answer = repair.lambda_handler(event, CONTEXT)
    assert "detail" in json.loads(answer["body"])
    return answer["statusCode"]


def test_no_log_line_names_anybody(running, caplog, outage):
    """Neither bodies nor reasons nor leads are logged."""
    with caplog.at_level("INFO"):
        running.segment(track("Demo Requested", 1, messageId="log-1"))
        running.activity(cloudevent("email_clicked"))
        running.settle()
        outage.undo()
        [listed] = running.repair(LIST)["failed_events"]
        running.repair(SHOW, failed_id=listed["id"])
        running.repair(ALL)
        running.settle()
        wrong(running)
        running.audit()
        running.repair("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA)
        running.redrive()
    lines = repr([record.__dict__ for record in caplog.records])
    assert {"failed event", "replayed", "redriven", "audited", "rebuilt"} <= {each.message for each in caplog.records}
    assert not [name for name in (ADDRESS, ADA, "log-1") if name in lines]
