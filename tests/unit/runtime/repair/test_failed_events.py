"""Failed events are listed, shown, and replayed; doing it twice does it once."""

import json
from dataclasses import replace
from datetime import timedelta

from functions.ingest import handler as ingest
from leadlight import sources
from leadlight.activity.order_key import day_number, milliseconds, milliseconds_of
from leadlight.runtime.repair import replay as replaying
from leadlight.runtime.repair import waiting
from tests.simulation.memory_secrets import SECRET
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW
from tests.unit.runtime.repair.broken import (
    ADDRESS,
    ALL,
    LIST,
    ONE,
    SHOW,
    counted,
    fold,
    pages,
    track,
)


def test_failed_events_are_listed_shown_and_replayed(stack, outage):
    """The whole body: what was understood before counts once. Then it is marked, and no longer waits."""
    assert stack.segment({"batch": [track("Email Clicked", 1), track("Demo Requested", 2)]})["failed"] == 1
    stack.settle()
    [listed] = stack.repair(LIST)["failed_events"]
    assert (listed["source"], listed["reason"][:19], listed["replayed_at"]) == ("segment", "1: malformed-event:", None)
    assert "body" not in listed
    shown = stack.repair(SHOW, failed_id=listed["id"])
    assert json.loads(shown["body"])["batch"][1]["event"] == "Demo Requested"

    again = stack.repair(ONE, failed_id=listed["id"])
    assert (again["replayed"], again["facts"], "what we thought of" in again["reason"]) == (False, 1, True)
    outage.undo()
    for _ in range(2):
        assert stack.repair(ONE, failed_id=listed["id"])["replayed"]
        stack.settle()
        assert counted(stack) == {"email_clicked": 1, "demo_requested": 1}
    assert stack.repair(LIST)["failed_events"] == []
    [replayed] = stack.repair(LIST, query={"state": "replayed"})["failed_events"]
    assert replayed["replayed_at"]
    assert stack.audit()["differing"] == {}


def test_of_many_problems_the_first_are_told(stack):
    """A body of a thousand bad events has a reason that can be read, and the good one among them counts."""
    bad = [track("", number, type="delete") for number in range(1_000)]
    assert stack.segment({"batch": [*bad, track("Email Clicked", 1)]})["failed"] == 1_000
    stack.settle()
    assert counted(stack) == {"email_clicked": 1}
    [listed] = stack.repair(LIST)["failed_events"]
    assert (listed["reason"].count("; "), listed["reason"][-14:]) == (10, "; and 990 more")


def test_many_are_replayed_by_reason_source_and_time_in_bounded_requests(stack, outage, monkeypatch):
    """A request replays a share and says where to go on; those that fail again keep their new reason."""
    monkeypatch.setattr(replaying, "REPLAYS", 2)
    monkeypatch.setattr(waiting, "READ", 2)
    for number in range(5):
        stack.world.clock = NOW - timedelta(days=4 - number)
        stack.segment(track("Demo Requested", 24 * (4 - number)))
        stack.segment(track("", 200 + number, type="delete"))
    outage.undo()
    none = {"source": "cloudevents"}, {"reason": "nothing like it"}, {"to": "2026-11-01"}
    for query in none:
        assert sum(page["replayed"] + page["failed"] for page in pages(stack, ALL, query)) == 0
    some = {"reason": "malformed-event", "from": "2026-11-19", "to": "2026-11-20"}
    assert sum(page["replayed"] for page in pages(stack, ALL, some)) == 2
    done = list(pages(stack, ALL, {"source": "segment"}))
    assert (sum(page["replayed"] for page in done), sum(page["failed"] for page in done)) == (3, 5)
    assert max(page["replayed"] + page["failed"] for page in done) == 2
    assert all("must be one of" in each["reason"] for page in done for each in page["failed_again"])
    stack.settle()
    assert counted(stack) == {"demo_requested": 5}
    waits = [each["id"] for page in pages(stack, LIST, {"limit": "2"}) for each in page["failed_events"]]
    assert (len(waits), waits) == (5, sorted(waits))


def test_facts_without_a_time_keep_that_of_their_first_receipt(stack, outage):
    """However late the replay, and whatever came of the same event since: it is one fact of one day."""
    call = track("Demo Requested", 1)
    del call["timestamp"]
    stack.segment(call)
    stack.world.clock += timedelta(hours=3)
    stack.segment(call)
    stack.world.clock += timedelta(days=9)
    outage.undo()
    assert stack.repair(ALL)["replayed"] == 1
    stack.settle()
    assert fold(stack).signals["demo_requested"] == {day_number(NOW): 1}
    assert milliseconds_of(fold(stack).first.order_key) == milliseconds(NOW)


def test_an_event_that_says_what_it_is_in_headers_can_be_replayed(stack, monkeypatch):
    """CloudEvents' binary mode: the attributes are kept with the body, the token is not."""
    body = json.dumps({"properties": {}, "lead": {"email": ADDRESS}})
    headers = {"authorization": f"Bearer {SECRET}", "content-type": "application/json", "ce-specversion": "1.0"}
    attributes = {"ce-id": "b-1", "ce-source": "shop", "ce-type": "demo_requested", "ce-time": "yesterday"}
    event = {
        "headers": {**headers, **attributes}, "pathParameters": {"source": "cloudevents"}, "body": body,
        "requestContext": {"http": {"method": "POST"}, "requestId": "r"},
    }  # fmt: skip
    assert json.loads(ingest.lambda_handler(event, CONTEXT)["body"])["failed"] == 1
    [(_, raw)] = stack.world.failed.kept_by_id.values()
    assert SECRET.encode() not in raw
    vendor = sources.SOURCES["cloudevents"]
    mended = replace(vendor, activity=lambda event: vendor.activity({**event, "time": NOW.isoformat()}))
    monkeypatch.setitem(sources.SOURCES, "cloudevents", mended)
    assert stack.repair(ALL)["replayed"] == 1
    stack.settle()
    assert counted(stack) == {"demo_requested": 1}
