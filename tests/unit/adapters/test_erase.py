"""What erasing needs of AWS: markers that name nobody, raw bodies, pages, and states that go."""

import pytest

from leadlight.activity import facts_of
from leadlight.adapters import clients
from leadlight.adapters.facts import DynamoFacts
from leadlight.adapters.failed_events import StoredFailedEvents
from leadlight.adapters.forgotten import KeyedForgotten
from leadlight.adapters.lead_items import HISTORY
from leadlight.adapters.leads import DynamoLeads
from leadlight.adapters.records import DynamoRecords
from leadlight.failed import FailedEvent
from leadlight.forgotten import Begun, Forgetting
from leadlight.nurture import NurtureState
from leadlight.ports import Unavailable
from leadlight.state import LeadState
from tests.unit.builders import NOW, activity, fact
from tests.unit.events.test_contract import DECISION

LATER = NOW.replace(hour=13)


def test_a_marker_names_nobody_and_can_be_lifted(aws):
    """A keyed hash and a time; a lead that came back is known to have been forgotten until then."""
    forgotten = KeyedForgotten("records", "forgotten")
    assert forgotten.of("ld_a") is None
    forgotten.put(["ld_a", "ld_b"], NOW)
    assert forgotten.of("ld_a") == Forgetting(NOW)
    stored = aws.scan(TableName="records")["Items"]
    assert "ld_a" not in repr(stored)
    assert {frozenset(item) for item in stored} == {frozenset({"pk", "sk", "forgotten_at"})}
    forgotten.lift("ld_a", Forgetting(NOW))
    assert forgotten.of("ld_a") == Forgetting(NOW, returned=True)
    forgotten.put(["ld_a"], LATER)
    with pytest.raises(Unavailable):
        forgotten.lift("ld_a", Forgetting(NOW))
    assert forgotten.of("ld_a") == Forgetting(LATER)


def test_what_is_begun_is_known_until_it_is_done(aws):
    """By any of the leads that it was asked for."""
    forgotten = KeyedForgotten("records", "forgotten")
    begun = Begun(["ld_a", "ld_b"], ["ld_a", "ld_b", "ld_c"])
    forgotten.begin(begun)
    assert forgotten.begun("ld_b") == begun
    assert not any(forgotten.begun("ld_c"))
    assert forgotten.of("ld_a") is None
    forgotten.end(["ld_a", "ld_b"])
    assert aws.scan(TableName="records")["Count"] == 0


def test_raw_bodies_are_listed_read_replaced_and_removed(aws):
    """With the record that lists each; a page at a time, and what Lambda left among them."""
    failed = StoredFailedEvents("bucket", "records")
    for n in range(3):
        failed.keep(FailedEvent("segment", f"0: because {n}", NOW, b"raw %d" % n))
    storage = clients.client("s3")
    storage.put_object(Bucket="bucket", Key="aws/lambda/1", Body=b"batch")
    storage.put_object(Bucket="bucket", Key="others/1", Body=b"not ours")
    first = failed.places(after="", limit=2)
    places = [*first, *failed.places(after=first[-1], limit=9)]
    assert [raw for _, raw in failed.bodies([*places, "failed/a/b/gone"])][:1] == [b"batch"]
    bodies = dict(failed.bodies(places))
    assert sorted(bodies.values()) == [b"batch", b"raw 0", b"raw 1", b"raw 2"]
    cut, gone = (next(place for place in places if bodies[place] == raw) for raw in (b"raw 1", b"raw 2"))
    failed.cut(cut, b"rest", reason="partly erased")
    failed.cut(gone, None)
    failed.cut("aws/lambda/1", None)
    assert dict(failed.bodies([cut])) == {cut: b"rest"}
    assert (failed.reason(cut), failed.reason(gone), failed.reason("aws/lambda/1")) == ("partly erased", "", "")
    assert (len(failed.places(after="", limit=9)), aws.scan(TableName="records")["Count"]) == (2, 2)


def test_states_and_enrollments_go_and_are_counted(aws):
    """Those that exist; a put that read them before fails."""
    leads, reads = DynamoLeads("leads"), []
    clients.client("dynamodb").meta.events.register(
        "provide-client-params.dynamodb.BatchGetItem", lambda params, **_: reads.append(params["RequestItems"])
    )
    leads.put(LeadState("ld_a"))
    leads.put_nurture(NurtureState("ld_a"))
    leads.put(LeadState("ld_b"))
    assert leads.erase(["ld_a", "ld_b", "ld_c"]) == {"state": 2, "nurture": 1}
    assert aws.scan(TableName="leads")["Count"] == 0
    assert leads.erase(["ld_a"]) == {}
    assert leads.clear_outbox("ld_a", "state", "[]") is False
    assert [read["leads"]["ConsistentRead"] for read in reads] == [True, True]  # what it does not see would stay


def test_histories_go_last(aws):
    """A state without its history could be read by nobody: when this is interrupted, it still has it."""
    leads, gone = DynamoLeads("leads"), []
    leads.put(LeadState("ld_a"))
    aws.put_item(TableName="leads", Item={"lead_id": {"S": "ld_a"}, "item": {"S": HISTORY}})
    clients.client("dynamodb").meta.events.register(
        "provide-client-params.dynamodb.BatchWriteItem",
        lambda params, **_: gone.append(params["RequestItems"]["leads"]),
    )
    leads.erase(["ld_a"])
    names = [[each["DeleteRequest"]["Key"]["item"]["S"] for each in requests] for requests in gone]
    assert names == [["state"], [HISTORY]]


def test_decisions_are_dropped(aws):
    """Those that are named."""
    records = DynamoRecords("records")
    records.put_decisions([DECISION])
    records.drop_decisions([DECISION])
    assert records.decisions("ld_a") == []


def test_a_lead_is_read_in_pages(aws):
    """Every item once, in the order of the keys, whatever it is."""
    facts = DynamoFacts("activities", 400)
    sent = [fact(name=f"a-{n}", days_ago=n) for n in range(5)]
    sent += facts_of(activity(name="t", occurred_at=None), received_at=NOW)
    facts.put(sent)
    link = {"lead_id": {"S": sent[0].lead_id}, "key": {"S": "link#ld_x#ld_y"}, "body": {"S": "[]"}}
    aws.put_item(TableName="activities", Item=link)
    found, after = [], ""
    while page := facts.page(sent[0].lead_id, after=after, limit=2):
        found += page
        after = page[-1].key
    assert [item.key for item in found] == sorted([each.key for each in sent] + ["link#ld_x#ld_y"])
    assert sorted((item.fact for item in found if item.fact), key=lambda each: each.key) == sorted(
        sent, key=lambda each: each.key
    )
    assert [item.body for item in found if item.fact is None] == ["[]"]
