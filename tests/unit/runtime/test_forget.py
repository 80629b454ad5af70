"""Forgotten means gone from everywhere, and gone for good: unless the person consents again."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from functions.erase import handler as erase
from leadlight.activity import Identity, is_account, lead_id_of
from leadlight.runtime.erase import export as exporting
from leadlight.runtime.erase import forget as forgetting
from tests.simulation.quiet import Quiet, quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW

ADDRESS, NAME, USER, COOKIE = "grace@forget.example", "Grace Erasable", "u-erasable-77", "anon-5f1c-erasable"
PERSONAL = (ADDRESS, NAME, USER, COOKIE)
ROOT = lead_id_of(Identity("email", ADDRESS))
OTHER = "kept@forget.example"
IDEAL = {"email": ADDRESS, "name": NAME, "title": "VP Marketing", "company_size": 300, "industry": "saas"}


@pytest.fixture
def running() -> Iterator[Quiet]:
    with quiet(NOW) as found:
        yield found


def call(kind: str, number: int, **more: Any) -> dict[str, Any]:
    moment = (NOW - timedelta(hours=number + 1)).isoformat()
    return {"type": kind, "messageId": f"m-{number}", "timestamp": moment, **more}


def journey() -> list[dict[str, Any]]:
    """Anonymous first, then known by a user id, then by name and address; one call that nobody understands."""
    known = {"context": {"traits": {"email": ADDRESS}}}
    return [
        call("page", 9, anonymousId=COOKIE, name="Pricing", context={"page": {"path": "/pricing"}}),
        call("track", 8, anonymousId=COOKIE, userId=USER, event="Trial Started"),
        call("identify", 7, userId=USER, traits=IDEAL),
        *(call("track", n, event=event, **known) for n, event in enumerate(("Demo Requested", "Email Clicked"))),
        call("delete", 2, userId=USER, traits={"name": NAME}, **known),
    ]


def deal() -> dict[str, Any]:
    data = {"properties": {"deal_id": "d-1", "amount": 900}, "lead": {"email": ADDRESS}}
    moment = (NOW - timedelta(minutes=5)).isoformat()
    return {"specversion": "1.0", "id": "deal", "source": "crm", "type": "deal_won", "time": moment, "data": data}


def lived(running: Quiet, calls: list[dict[str, Any]] | None = None) -> None:
    for each in calls or journey():
        running.segment(each)
        running.settle()
    running.activity(deal())
    running.settle()


def found(running: Quiet) -> set[str]:
    """What a search of everything that is stored finds of the person."""
    world = running.world
    stored = [item for table in (world.facts.table, world.leads.table) for item in table.all()]
    records = [world.records.stored, world.records.spent, world.forgotten.marked]
    kept = [(event.reason, event.raw) for event in world.failed.kept.values()]
    everything = repr([stored, records, kept]).casefold()
    return {name for name in (*PERSONAL, ROOT) if name.casefold() in everything}


def state(running: Quiet, lead_id: str = ROOT) -> Any:
    return running.world.leads.get(lead_id, consistent=True)


def test_nothing_is_found_of_who_was_forgotten(running):
    """Facts of all their leads, copies, links, state, enrollments, decisions, raw bodies."""
    lived(running)
    assert found(running) == {*PERSONAL, ROOT}
    removed = running.forget(ROOT)
    running.settle()
    assert found(running) == set()
    assert {kind: bool(count) for kind, count in removed.items()} == dict.fromkeys(removed, True)
    assert removed["failed_events"] == 1


@pytest.mark.parametrize("identity", [Identity("user", USER), Identity("anonymous", COOKIE)])
def test_any_of_their_ids_leads_to_all_of_them(running, identity):
    """A lead that was merged is no way to keep the rest."""
    lived(running)
    running.forget(lead_id_of(identity))
    running.settle()
    assert found(running) == set()


def test_no_log_line_names_them(running, caplog):
    """Not while they live, not while they are forgotten, and not when they come again; a lead's id can be guessed."""
    with caplog.at_level("INFO"):
        lived(running)
        running.forget(ROOT)
        lived(running)
    lines = repr([record.__dict__ for record in caplog.records])
    assert {"received", "forgot"} <= {record.message for record in caplog.records}
    assert not [name for name in (*PERSONAL, ROOT) if name in lines]


def test_to_forget_again_removes_nothing(running):
    """Zeros, kind by kind."""
    lived(running)
    running.forget(ROOT)
    running.settle()
    assert set(running.forget(ROOT).values()) == {0}


def test_webhooks_that_come_again_bring_nobody_back(running):
    """Each of them, in the order they came first and backwards: nothing is stored of them."""
    lived(running)
    running.forget(ROOT)
    running.settle()
    understood = journey()[:-1]
    lived(running, [*understood, *reversed(understood)])
    assert found(running) == set()
    stored = [*running.world.leads.table.all(), *running.world.facts.table.all()]
    assert not [item for item in stored if not is_account(item["lead_id"]["S"])]


def consent(running: Quiet, number: int = 50) -> dict[str, Any]:
    moment = running.world.clock.isoformat()
    lead = {"email": ADDRESS, "user_id": USER}
    return {
        "specversion": "1.0", "id": f"c-{number}", "source": "site", "type": "consent_given", "time": moment,
        "data": {"lead": lead},
    }  # fmt: skip


def test_consent_given_later_begins_anew(running):
    """From the facts that occurred since: what was known before stays forgotten, whoever tells it again."""
    lived(running)
    running.forget(ROOT)
    running.settle()
    running.world.clock += timedelta(hours=1)
    running.activity(consent(running))
    running.settle()
    running.activity({**deal(), "id": "new", "type": "email_clicked", "time": running.world.clock.isoformat()})
    running.settle()
    after = state(running)
    assert (after.begun, after.fold.traits, after.fold.deals) == (NOW, {}, {})
    assert sum(sum(days.values()) for days in after.fold.signals.values()) == 1
    assert state(running, lead_id_of(Identity("user", USER))).kin.root == ROOT
    lived(running)
    again = state(running)
    assert (again.fold.signals, again.fold.traits, again.fold.deals) == (after.fold.signals, {}, {})
    assert NAME not in repr(list(running.world.facts.table.all()))


def test_consent_that_was_given_before_does_not_bring_them_back(running):
    """A duplicate of it is no new consent."""
    told = consent(running)
    running.activity(told)
    lived(running)
    running.forget(ROOT)
    running.settle()
    running.activity(told)
    running.settle()
    assert state(running) is None
    assert found(running) == set()


def test_what_is_in_flight_comes_too_late(running):
    """Every record of before is delivered once more after the markers: nothing of the lead is made again."""
    for each in journey():
        running.segment(each)
    queued = [list(lane.records) for lane in running.world.activities_stream.lanes]
    running.settle()
    running.forget(ROOT)
    for lane, records in zip(running.world.activities_stream.lanes, queued, strict=True):
        lane.records.extendleft(reversed(records))
    running.settle()
    assert found(running) == set()


def test_a_state_that_was_put_back_goes_with_the_deleted_facts(running):
    """An invocation that had asked for the marker before there was one saves a state: the deletions undo it."""
    lived(running)
    held = state(running)
    running.forget(ROOT)
    held.version = 0
    running.world.leads.put(held)
    running.settle()
    assert found(running) == set()


def test_others_keep_what_is_theirs(running):
    """Another lead stays as it is, and so does its part of a failed event that names both."""
    kept = {**deal(), "id": "kept", "data": {"properties": {"deal_id": "d-2"}, "lead": {"email": OTHER}}}
    running.activity(kept)
    mixed = [call("delete", 30, userId=USER), call("delete", 31, userId="u-kept-0001")]
    running.segment({"batch": mixed})
    lived(running)
    before = msgspec.to_builtins(state(running, lead_id_of(Identity("email", OTHER))).fold.deals)
    running.forget(ROOT)
    running.settle()
    assert found(running) == set()
    assert msgspec.to_builtins(state(running, lead_id_of(Identity("email", OTHER))).fold.deals) == before
    [event] = running.world.failed.kept.values()
    assert json.loads(event.raw) == {"batch": [mixed[1]]}


def test_much_is_forgotten_in_many_requests(running, monkeypatch):
    """A request does a bounded share, and says where to go on."""
    monkeypatch.setattr(forgetting, "BODIES", 1)
    monkeypatch.setattr(forgetting, "ITEMS", 3)
    monkeypatch.setattr(forgetting, "LEADS", 1)
    lived(running)
    removed = running.forget(lead_id_of(Identity("user", USER)))
    running.settle()
    assert found(running) == set()
    assert removed["facts"] > 3


def test_what_was_interrupted_ends_when_it_is_run_again(running, monkeypatch):
    """Whatever the last request did, asking anew for any of the person's ids leaves nothing."""
    monkeypatch.setattr(forgetting, "ITEMS", 2)
    lived(running)
    event = {"routeKey": "POST /v1/leads/{lead_id}/forget", "pathParameters": {"lead_id": ROOT}}
    context = {"requestContext": {"http": {"method": "POST"}, "requestId": "r"}}
    erase.lambda_handler({**event, **context}, CONTEXT)
    running.forget(lead_id_of(Identity("user", USER)))
    running.settle()
    assert found(running) == set()


def test_an_export_holds_everything(running, monkeypatch):
    """Who they are, their leads, every fact once, decisions, enrollments, and the failed event; in small pages too."""
    lived(running)
    whole = assembled(running)
    monkeypatch.setattr(exporting, "FACTS", 1)
    assert assembled(running) == whole
    assert {identity["value"] for identity in whole["identities"]} == {ADDRESS, USER, COOKIE}
    assert whole["lead"]["deals"]
    assert whole["lead"]["decisions"]
    told = {(fact["source"], fact["id"], fact["about"]) for fact in whole["facts"]}
    assert len(told) == len(whole["facts"])
    assert {"m-0", "m-7", "m-8", "m-9", "deal"} <= {name for _, name, _ in told}
    [failed] = whole["failed_events"]
    assert failed["content"][0]["traits"] == {"name": NAME}
    assert "must be one of" in failed["reason"]


def assembled(running: Quiet) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for page in running.export(ROOT):
        for name, value in page.items():
            whole[name] = [*whole.get(name, []), *value] if isinstance(value, list) else value
    return whole
