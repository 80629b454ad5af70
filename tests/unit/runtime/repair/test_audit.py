"""An audit tells what is not as the facts say; a rebuild makes it so."""

from datetime import timedelta

from leadlight.activity import Identity, lead_id_of
from tests.unit.builders import cloudevent
from tests.unit.runtime.repair.broken import ADA, batch_of, counted, fold, lost, status, track, wrong


def test_an_audit_finds_what_differs_and_a_rebuild_mends_it(stack):
    """Each part that differs, stored and rebuilt; decisions and standing stay, and nothing is announced."""
    stack.activity(cloudevent("demo_requested", data={"traits": {"job_title": "CTO"}, "properties": {}}))
    stack.segment(track("Poem Read", 1))
    stack.settle()
    whole = stack.audit()
    assert whole["differing"] == {}
    facts = whole["facts"]
    assert facts["recorded"] == facts["counted"] + facts["set_aside"] + facts["expired"] == 2
    assert (facts["counted"], facts["set_aside"], facts["registered"]) == (1, 1, 1)
    before, events = stack.world.leads.get(ADA, consistent=True), len(stack.world.bus.entries)
    wrong(stack)
    parts = {found["part"].split()[0] for found in stack.audit()["differing"][ADA]}
    assert parts >= {"signals", "traits", "counts"}
    told = stack.repair("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA)
    assert told["rebuilt"]
    assert told["differences"]
    after = stack.world.leads.get(ADA, consistent=True)
    assert (after.fold, after.standing) == (before.fold, before.standing)
    stack.settle()
    assert len(stack.world.bus.entries) == events
    assert stack.audit()["differing"] == {}
    assert not stack.repair("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA)["rebuilt"]
    assert stack.world.leads.get(ADA, consistent=True).version == after.version


def test_what_expired_facts_said_outlives_a_rebuild(stack):
    """The first contact, and who it was: facts that are gone by time to live are no difference."""
    call = track("Demo Requested", 1, anonymousId="cookie-of-old")
    stack.segment(call)
    stack.settle()
    stack.world.clock += timedelta(days=420)
    stack.world.facts.table.expire(int(stack.world.clock.timestamp()))
    stack.activity(cloudevent("email_clicked", time=stack.world.clock.isoformat()))
    stack.settle()
    assert stack.audit()["differing"] == {}
    first, identities = fold(stack).first, fold(stack).identities
    wrong_state = stack.world.leads.get(ADA, consistent=True)
    wrong_state.fold.count(max(wrong_state.fold.signals["email_clicked"]), ("email_clicked",))
    stack.world.leads.put(wrong_state)
    assert stack.repair("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA)["rebuilt"]
    assert (fold(stack).first, fold(stack).identities) == (first, identities)
    assert counted(stack) == {"email_clicked": 1}


def test_merged_leads_are_audited_at_their_root(stack):
    """A fact that never came to the root shows there; redriving its record brings it."""
    stack.segment(track("Trial Started", 3, anonymousId="cookie-1"))
    stack.settle()
    stack.segment({**track("Email Clicked", 2, anonymousId="cookie-1"), "context": {}})
    records = lost(stack.world.activities_stream)
    stack.settle()
    found = stack.audit()["differing"]
    assert found.keys() == {ADA}
    assert found[ADA][0]["part"].startswith("facts of the merged lead")
    stack.world.failed.given_up["aws/lambda/a"] = batch_of(records)
    stack.redrive()
    stack.settle()
    assert (stack.audit()["differing"], counted(stack)) == ({}, {"trial_started": 1, "email_clicked": 1})
    merged = lead_id_of(Identity("anonymous", "cookie-1"))
    assert status("POST /v1/leads/{lead_id}/rebuild", lead_id=merged) == 404


def test_who_was_forgotten_is_not_brought_back(stack):
    """By a replay, by a batch of before, or by a rebuild."""
    stack.activity(cloudevent("demo_requested"))
    records = [record for lane in stack.world.activities_stream.lanes for record in lane.records]
    stack.settle()
    stack.forget(ADA)
    stack.settle()
    stack.world.failed.given_up["aws/lambda/a"] = batch_of(records)
    stack.redrive()
    stack.settle()
    assert stack.world.leads.get(ADA, consistent=True) is None
    assert status("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA) == 404
