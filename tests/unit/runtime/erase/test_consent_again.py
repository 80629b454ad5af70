"""Who was forgotten comes back by a new consent alone, and begins anew."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from leadlight.activity import Identity, lead_id_of
from leadlight.ports import Conflict
from leadlight.runtime.erase import forget as forgetting
from tests.unit.builders import NOW
from tests.unit.runtime.erase.grace import (
    ADDRESS,
    NAME,
    ROOT,
    USER,
    consent,
    deal,
    event,
    found,
    lead,
    lived,
    said,
    state,
)


def test_consent_given_later_begins_anew(stack):
    """From the facts that occurred since: what was known before stays forgotten, whoever tells it again."""
    lived(stack)
    stack.forget(ROOT)
    stack.settle()
    stack.world.clock += timedelta(hours=1)
    stack.activity(consent(stack))
    stack.settle()
    stack.activity({**deal(), "id": "new", "type": "email_clicked", "time": stack.world.clock.isoformat()})
    stack.settle()
    after = state(stack)
    assert (after.begun, after.fold.traits, after.fold.deals) == (NOW, {}, {})
    assert sum(sum(days.values()) for days in after.fold.signals.values()) == 1
    assert state(stack, lead_id_of(Identity("user", USER))).kin.root == ROOT
    lived(stack)
    again = state(stack)
    assert (again.fold.signals, again.fold.traits, again.fold.deals) == (after.fold.signals, {}, {})
    assert NAME not in repr(list(stack.world.facts.table.all()))


def test_decisions_of_a_new_beginning_have_ids_of_their_own(stack):
    """Consumers know those of before, and would take the new ones for the same events."""
    lived(stack)
    before = {decision.id for decision in stack.world.records.decisions(ROOT)}
    stack.forget(ROOT)
    stack.settle()
    stack.world.clock += timedelta(hours=1)
    stack.activity(consent(stack))
    stack.activity({**deal(), "id": "again", "time": stack.world.clock.isoformat()})
    stack.settle()
    after = {decision.id for decision in stack.world.records.decisions(ROOT)}
    assert before
    assert after
    assert before.isdisjoint(after)


def test_a_state_of_before_is_put_over_none_of_the_new_beginning(stack):
    """By an invocation that read it before the erasure, or by an old read: no version is of both."""
    lived(stack)
    before = state(stack)
    stack.forget(ROOT)
    stack.settle()
    stack.world.clock += timedelta(hours=1)
    stack.activity(consent(stack))
    stack.settle()
    for version in range(1, before.version + 1):
        with pytest.raises(Conflict):
            stack.world.leads.put(replace(before, version=version))
    assert state(stack).begun == NOW


def test_who_is_forgotten_again_is_numbered_on(stack):
    """Also where all that is dated after the first time is a moment later: no version is of two beginnings."""
    stack.activity(event("ahead", "email_clicked", minutes=-600, lead={"email": ADDRESS}))
    stack.settle()
    lives = []
    for later in (1, 1000):  # milliseconds
        stack.forget(ROOT)
        stack.settle()
        stack.world.clock = NOW + timedelta(hours=10, milliseconds=later)
        for number in range(20):
            stack.activity(consent(stack, later + number))
            stack.settle()
        stack.world.clock = NOW
        lives.append(state(stack))
    first, second = lives
    assert first.version < second.numbered_from < second.version


def test_what_was_decided_before_enrolls_nobody_in_the_new_beginning(stack):
    """It waited all along, as what EventBridge delivers again, or a dead letter that is redriven."""
    lived(stack)
    late = [entry for entry in stack.world.bus.entries if f'"{ROOT}"' in entry.detail]
    stack.forget(ROOT)
    stack.settle()
    stack.world.clock += timedelta(hours=1)
    stack.activity(consent(stack), backfill=True)
    stack.settle()
    assert (state(stack).begun, state(stack).standing.announced) == (NOW, None)
    stack.world.bus.undelivered += late
    stack.settle()
    assert late
    assert stack.world.leads.get_nurture(ROOT).version == 0


def test_what_a_browser_did_before_the_new_beginning_does_not_count(stack):
    """It is another lead's own until both turn out to be one person; the audit expects nothing else."""
    lived(stack)
    stack.forget(ROOT)
    stack.settle()
    stack.world.clock += timedelta(hours=1)
    stack.activity(consent(stack))
    stack.activity(event("before", "email_clicked", minutes=120, lead={"anonymous_id": "borrowed"}))
    stack.settle()
    stack.activity(event("both", "email_clicked", minutes=-60, lead={"email": ADDRESS, "anonymous_id": "borrowed"}))
    stack.settle()
    assert state(stack, lead("anonymous", "borrowed")).kin.root == ROOT
    assert sum(state(stack).fold.signals["email_clicked"].values()) == 1
    assert stack.audit()["differing"] == {}


@pytest.mark.parametrize("consents", ["lead", "browser"])
def test_what_a_browser_did_since_waits_for_the_new_beginning(stack, consents):
    """It turned out to be the person who was forgotten: that alone brings nobody back, and loses nothing."""
    lived(stack)
    stack.forget(ROOT)
    stack.settle()
    stack.world.clock += timedelta(hours=2)
    stack.activity(event("since", "demo_requested", minutes=-30, lead={"anonymous_id": "new"}))
    stack.activity(event("before", "demo_requested", minutes=30, lead={"anonymous_id": "new"}))
    stack.activity(said("both", "identities_merged", ("anonymous", "new"), ("email", ADDRESS)))
    stack.settle()
    stack.activity(event("too", "email_clicked", minutes=-90, lead={"anonymous_id": "new"}))
    stack.settle()
    assert state(stack) is None
    assert state(stack, lead("anonymous", "new")).kin.root == ROOT
    told = consent(stack)
    stack.activity({**told, "data": {"lead": {"anonymous_id": "new"}}} if consents == "browser" else told)
    stack.settle()
    counted = {signal: sum(days.values()) for signal, days in state(stack).fold.signals.items()}
    assert counted == {"demo_requested": 1, "email_clicked": 1}
    assert stack.audit()["differing"] == {}


def test_consent_that_was_given_before_does_not_bring_them_back(stack):
    """A duplicate of it is no new consent."""
    told = consent(stack)
    stack.activity(told)
    lived(stack)
    stack.forget(ROOT)
    stack.settle()
    stack.activity(told)
    stack.settle()
    assert state(stack) is None
    assert found(stack) == set()


@pytest.mark.parametrize("ahead", [None, timedelta(minutes=10)])
def test_an_old_consent_that_comes_again_brings_nobody_back(stack, monkeypatch, ahead):
    """Neither one without a time, which has that of its receipt, nor one dated ahead; also when forgotten in two goes."""
    monkeypatch.setattr(forgetting, "ITEMS", 1)
    told = consent(stack)
    told["time"] = (NOW + ahead).isoformat() if ahead else None
    stack.activity({name: value for name, value in told.items() if value})
    lived(stack)
    stack.forget(ROOT)
    stack.settle()
    stack.forget(ROOT)
    stack.world.clock += timedelta(minutes=5)
    stack.activity({name: value for name, value in told.items() if value})
    stack.settle()
    assert found(stack) == set()


def test_what_waits_for_somebody_goes_when_they_are_forgotten_again(stack):
    """By whichever of their leads it is asked for."""
    lived(stack)
    stack.forget(ROOT)
    stack.settle()
    stack.world.clock += timedelta(hours=2)
    stack.activity(event("since", minutes=-30, lead={"anonymous_id": "new"}))
    stack.activity(said("both", "identities_merged", ("anonymous", "new"), ("email", ADDRESS)))
    stack.settle()
    assert [key for key in stack.world.facts.keys(ROOT) if lead("anonymous", "new") in key]
    stack.forget(lead("anonymous", "new"))
    stack.settle()
    assert found(stack) == set()
