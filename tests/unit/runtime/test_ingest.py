"""Ingest on an in-memory world: what is stored, what is answered, what is kept."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from random import Random

import pytest

from functions.ingest.handler import lambda_handler
from leadlight.ports import Unavailable
from leadlight.runtime import wiring
from tests.simulation.memory_secrets import SECRET
from tests.simulation.scheduler import Scheduler
from tests.simulation.world import World
from tests.unit.builders import NOW, cloudevent


@pytest.fixture
def world():
    before = wiring.ports()
    quiet = Scheduler(Random(1), faults=0, switches=0, at_once=1)
    quiet_world = World(quiet, lanes=1, retention_days=400, start=NOW)
    wiring.use(quiet_world)
    yield quiet_world
    wiring.use(before)


def http(body, *, path="/v1/activities", method="POST", source=None, headers=None, query=None, encoded=False) -> dict:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return {
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers or {},
        "queryStringParameters": query,
        "pathParameters": {"source": source} if source else None,
        "requestContext": {"requestId": "r-1", "domainName": "api.example.com", "http": {"method": method}},
        "body": base64.b64encode(raw).decode() if encoded else raw.decode(),
        "isBase64Encoded": encoded,
    }


def post(event) -> tuple[int, dict]:
    answer = lambda_handler(event, None)
    assert answer["headers"]["x-correlation-id"] == "r-1"
    return answer["statusCode"], json.loads(answer["body"] or "null")


def signed(call, **changes) -> dict:
    raw = json.dumps(call).encode()
    headers = {"x-signature": hmac.new(SECRET.encode(), raw, hashlib.sha1).hexdigest()}
    return http(raw, source="segment", headers=headers, **changes)


def stored(world) -> list[dict]:
    return [item for items in world.facts.table.items.values() for item in items.values()]


def test_what_was_received_is_recorded_refused_or_failed(world):
    """The counts of an answer add up, and what it says is stored."""
    batch = [cloudevent(name="a"), cloudevent(name="b", time="noon"), cloudevent(name="c", subject=None)]
    status, answer = post(http(batch))
    assert status == 202
    assert answer["received"] == answer["recorded"] + len(answer["refused"]) + answer["failed"] == 3
    assert [(each["index"], each["field"]) for each in answer["refused"]] == [(1, "time"), (2, "subject")]
    assert len(stored(world)) == 1


def test_traits_and_activities_are_facts_of_their_own(world):
    """An activity with traits: one fact that is counted and expires, one that stays."""
    post(http(cloudevent(data={"traits": {"title": "CTO"}, "properties": {}})))
    kinds = {item["key"]["S"].split("#")[0]: item for item in stored(world)}
    assert set(kinds) == {"activity", "traits"}
    assert "expires_at" in kinds["activity"]
    assert "expires_at" not in kinds["traits"]


def test_a_body_in_base64_is_the_same_body(world):
    """The gateway encodes what is not text; the signature is of the raw bytes."""
    call = {
        "type": "track",
        "event": "Demo Requested",
        "messageId": "m",
        "userId": "u",
        "timestamp": "2026-11-21T10:00:00Z",
    }
    assert post(signed(call, encoded=True))[0] == 202
    assert post(signed(call))[0] == 202
    assert len(stored(world)) == 1


def test_an_event_that_a_vendor_signed_is_set_aside_where_no_signal_reads_it(world):
    """It is stored all the same: a later catalogue may read it."""
    call = {"type": "track", "event": "Course Clicked", "messageId": "m", "userId": "u"}
    status, answer = post(signed(call))
    assert (status, answer["recorded"], answer["set_aside"]) == (202, 1, 1)
    assert stored(world)[0]["key"]["S"].startswith("untimed#activity#")


def test_a_signed_event_that_can_not_be_understood_is_kept_with_its_bytes(world):
    """And the vendor gets a 202: it could not mend it."""
    status, answer = post(signed({"type": "track", "userId": "u"}))
    assert (status, answer["failed"]) == (202, 1)
    [kept] = world.failed.all.values()
    assert kept.raw == b'{"type": "track", "userId": "u"}'
    assert "event must be a non-empty string" in kept.reason


def test_several_refused_events_are_all_told(world):
    """One problem document with each of them."""
    status, answer = post(http([cloudevent(time="noon"), cloudevent(subject=None)]))
    assert (status, answer["field"]) == (422, "time")
    assert [each["type"] for each in answer["errors"]] == ["malformed-event", "missing-identity"]


def test_backfill_is_marked_on_the_facts(world):
    """Rescoring announces nothing for them."""
    post(http(cloudevent(), query={"backfill": "true"}))
    assert stored(world)[0]["backfill"] == {"BOOL": True}


def test_a_throttled_table_is_a_503_that_says_when(world, monkeypatch):
    """Nothing was promised; the same request may go through later."""

    def throttled(facts):
        raise Unavailable("slow down")

    monkeypatch.setattr(world.facts, "put", throttled)
    answer = lambda_handler(http(cloudevent()), None)
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "1")


def test_our_own_fault_shows_no_trace(world, monkeypatch):
    """A correlation id instead."""

    def broken(facts):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(world.facts, "put", broken)
    answer = lambda_handler(http(cloudevent()), None)
    assert answer["statusCode"] == 500
    assert "secret detail" not in answer["body"]
    assert "r-1" in answer["body"]


def test_the_cloudevents_handshake(world):
    """OPTIONS with an origin is allowed at the rate it asks for; HEAD says that the URL is there."""
    headers = {"webhook-request-origin": "eventemitter.example.com", "webhook-request-rate": "120"}
    answer = lambda_handler(http(b"", method="OPTIONS", source="cloudevents", headers=headers), None)
    assert answer["statusCode"] == 200
    assert answer["headers"]["webhook-allowed-origin"] == "eventemitter.example.com"
    assert answer["headers"]["webhook-allowed-rate"] == "120"
    assert post(http(b"", method="HEAD", source="segment"))[0] == 200


def test_a_fact_without_a_time_is_of_its_first_receipt(world):
    """Redelivered later, it did not move."""
    call = {"type": "track", "event": "Demo Requested", "messageId": "m", "userId": "u"}
    post(signed(call))
    world.clock = datetime(2026, 11, 23, tzinfo=UTC)
    post(signed(call))
    [item] = stored(world)
    assert item["received_at"] == {"S": "2026-11-21T12:00:00.000Z"}
