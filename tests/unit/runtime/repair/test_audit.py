"""An audit tells what is not as the facts say; a rebuild makes it so."""

from datetime import timedelta

from leadlight.activity import Identity, lead_id_of
from leadlight.adapters.lead_items import STATE
from leadlight.runtime.repair import audit as auditing
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


def test_an_audit_goes_on_behind_the_leads_that_were_too_much_for_a_request(stack, monkeypatch):
    """Four leads are looked at together; what they have is counted once, and whoever differs is told of once."""
    monkeypatch.setattr(auditing, "FACTS", 1)
    names = [f"lead{number}" for number in range(6)]
    for name in names:
        stack.activity(cloudevent("demo_requested", name=name, subject=f"{name}@gmail.com"))
    stack.settle()
    first = stack.repair("GET /v1/audit", query={"limit": "50"})
    assert (first["checked"], first["next"] is None) == (4, False)
    rest = stack.repair("GET /v1/audit", query={"limit": "50", "next": first["next"]})
    assert (rest["checked"], rest["next"]) == (2, None)
    for name in names[::2]:
        state = stack.world.leads.get(lead_id_of(Identity("email", f"{name}@gmail.com")), consistent=True)
        state.fold.signals.clear()
        stack.world.leads.put(state)
    whole = stack.audit(limit=50)
    assert len(whole["differing"]) == 3
    assert (whole["facts"]["recorded"], whole["facts"]["counted"]) == (6, 6)


def test_a_state_that_cannot_be_read_is_told_of_alone_too(stack):
    """As among the others, and not as a fault of the audit."""
    stack.activity(cloudevent("demo_requested"))
    stack.settle()
    table = stack.world.leads.table
    table.put({**table.get(ADA, STATE), "fold": {"B": b"nonsense"}})
    among = stack.audit()["differing"][ADA]
    alone = stack.repair("GET /v1/audit", query={"lead_id": ADA})["differing"]
    assert among == alone[0]["differences"]
    assert among[0]["part"] == "the stored state"
