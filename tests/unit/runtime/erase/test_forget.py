"""Forgotten means gone from everywhere, and gone for good."""

import json

import msgspec
import pytest

from functions.rescore import handler as rescore
from leadlight.activity import Identity, is_account, lead_id_of
from tests.unit.runtime.erase.grace import (
    ADDRESS,
    COOKIE,
    IDEAL,
    OTHER,
    PERSONAL,
    ROOT,
    USER,
    call,
    deal,
    event,
    found,
    journey,
    lead,
    lived,
    state,
)
from tests.unit.runtime.repair.broken import batch_of, lost


def test_nothing_is_found_of_who_was_forgotten(stack):
    """Facts of all their leads, copies, links, state, enrollments, decisions, raw bodies."""
    lived(stack)
    assert found(stack) == {*PERSONAL, ROOT}
    removed = stack.forget(ROOT)
    stack.settle()
    assert found(stack) == set()
    assert {kind: bool(count) for kind, count in removed.items()} == dict.fromkeys(removed, True)
    assert removed["failed_events"] == 1


@pytest.mark.parametrize("identity", [Identity("user", USER), Identity("anonymous", COOKIE)])
def test_any_of_their_ids_leads_to_all_of_them(stack, identity):
    """A lead that was merged is no way to keep the rest."""
    lived(stack)
    stack.forget(lead_id_of(identity))
    stack.settle()
    assert found(stack) == set()


def test_no_log_line_names_them(stack, caplog):
    """Not while they live, not while they are forgotten, and not when they come again; a lead's id can be guessed."""
    with caplog.at_level("INFO"):
        lived(stack)
        stack.forget(ROOT)
        lived(stack)
    lines = repr([record.__dict__ for record in caplog.records])
    assert {"received", "forgot"} <= {record.message for record in caplog.records}
    assert not [name for name in (*PERSONAL, ROOT) if name in lines]


def test_to_forget_again_removes_nothing(stack):
    """Zeros, kind by kind."""
    lived(stack)
    stack.forget(ROOT)
    stack.settle()
    assert set(stack.forget(ROOT).values()) == {0}


def test_webhooks_that_come_again_bring_nobody_back(stack):
    """Each of them, in the order they came first and backwards: nothing is stored of them."""
    lived(stack)
    stack.forget(ROOT)
    stack.settle()
    understood = journey()[:-1]
    lived(stack, [*understood, *reversed(understood)])
    assert found(stack) == set()
    stored = [*stack.world.leads.table.all(), *stack.world.facts.table.all()]
    assert not [item for item in stored if not is_account(item["lead_id"]["S"])]


def test_what_is_in_flight_comes_too_late(stack):
    """Every record of before is delivered once more after the markers: nothing of the lead is made again."""
    for each in journey():
        stack.segment(each)
    queued = [list(lane.records) for lane in stack.world.activities_stream.lanes]
    stack.settle()
    stack.forget(ROOT)
    for lane, records in zip(stack.world.activities_stream.lanes, queued, strict=True):
        lane.records.extendleft(reversed(records))
    stack.settle()
    assert found(stack) == set()


def test_a_state_that_was_put_back_goes_with_the_deleted_facts(stack):
    """An invocation that had asked for the marker before there was one saves a state: the deletions undo it."""
    lived(stack)
    held = state(stack)
    stack.forget(ROOT)
    held.version = 0
    stack.world.leads.put(held)
    stack.settle()
    assert found(stack) == set()


def test_a_decision_that_was_kept_too_late_goes_with_the_deleted_facts(stack):
    """By an invocation of publish that was given up for dead, and ended before it could look whether the lead is there."""
    lived(stack)
    kept = stack.world.records.decisions(ROOT)
    stack.forget(ROOT)
    stack.world.records.put_decisions(kept[:1])
    stack.settle()
    assert found(stack) == set()


def test_others_keep_what_is_theirs(stack):
    """Another lead stays as it is, and so does its part of a failed event that names both."""
    kept = {**deal(), "id": "kept", "data": {"properties": {"deal_id": "d-2"}, "lead": {"email": OTHER}}}
    stack.activity(kept)
    mixed = [call("delete", 30, userId=USER), call("delete", 31, userId="u-kept-0001")]
    stack.segment({"batch": mixed})
    lived(stack)
    before = msgspec.to_builtins(state(stack, lead_id_of(Identity("email", OTHER))).fold.deals)
    stack.forget(ROOT)
    stack.settle()
    assert found(stack) == set()
    assert msgspec.to_builtins(state(stack, lead_id_of(Identity("email", OTHER))).fold.deals) == before
    [event] = stack.world.failed.all.values()
    assert json.loads(event.raw) == {"batch": [mixed[1]]}


def test_what_a_stream_gave_up_of_others_comes_back_to_them(stack):
    """A fact that would have joined them with the person was given up before anybody saw it: it is the others' own."""
    lived(stack)
    stack.activity(event("theirs", "email_clicked", lead={"email": OTHER, "anonymous_id": COOKIE}))
    stack.world.failed.given_up["aws/lambda/a"] = batch_of(lost(stack.world.activities_stream))
    stack.settle()
    stack.forget(ROOT)
    stack.settle()
    assert COOKIE not in str(stack.world.failed.given_up)
    assert stack.redrive()["batches"] == 1
    stack.settle()
    assert sum(state(stack, lead("email", OTHER)).fold.signals["email_clicked"].values()) == 1
    assert stack.audit()["differing"] == {}


def test_decisions_that_were_kept_too_late_go_with_a_redrive(stack):
    """Publish kept them when the lead was erased already, and was cut off before it could see that."""
    stack.activity(event("asked", "demo_requested", lead={"email": ADDRESS}))
    stack._drain(stack.world.activities_stream, rescore)
    records = [record for lane in stack.world.leads_stream.lanes for record in lane.records]
    stack.settle()
    kept = stack.world.records.decisions(ROOT)
    stack.forget(ROOT)
    stack.settle()
    stack.world.records.put_decisions(kept)
    stack.world.failed.given_up["aws/lambda/a"] = batch_of(records)
    stack.redrive()
    assert kept
    assert stack.world.records.decisions(ROOT) == []


def test_where_plus_tags_are_folded_erasing_folds_too(stack):
    """A tagged address, in any case, names the same person: their lead, and what names them in raw bodies."""
    stack.world.fold_plus_tags = True
    tagged = ADDRESS.replace("@", "+news@")
    stack.segment(call("identify", 3, traits={**IDEAL, "email": tagged}))
    stack.segment(call("delete", 2, context={"traits": {"email": ADDRESS.replace("@", "+old@")}}))
    stack.settle()
    assert state(stack)
    stack.forget(lead("email", tagged), f"email:{tagged.upper()}")
    stack.settle()
    assert (found(stack), stack.world.failed.all) == (set(), {})
