"""What replay, redrive and audit need of AWS: the list of failed events, dead letters, items as they are, shares."""

from datetime import timedelta
from typing import Any

import pytest

from leadlight.activity import Identity, lead_id_of
from leadlight.adapters import clients
from leadlight.adapters.fact_items import to_item
from leadlight.adapters.facts import DynamoFacts
from leadlight.adapters.failed_events import StoredFailedEvents
from leadlight.adapters.leads import DynamoLeads
from leadlight.adapters.letters import SqsLetters
from leadlight.failed import MOST_REASON, FailedEvent, Kept
from leadlight.nurture import NurtureState
from leadlight.state import LeadState
from tests.unit.builders import NOW, fact

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def queue(aws: Any) -> str:
    """A dead-letter queue; its URL."""
    return str(clients.client("sqs").create_queue(QueueName="left")["QueueUrl"])


def kept(failed: StoredFailedEvents, **query: Any) -> list[Kept]:
    return failed.kept("2026-11-21", **{"after": "", "limit": 9, **query})


def test_failed_events_are_listed_by_day_in_pages_and_found_by_id(aws) -> None:
    """In order of source and name; an id is that of keeping it."""
    failed = StoredFailedEvents("bucket", "records")
    ids = sorted(failed.keep(FailedEvent("segment", f"because {n}", NOW, b"raw %d" % n)) for n in range(3))
    failed.keep(FailedEvent("segment", "yesterday", NOW - timedelta(days=1), b"raw 0"))
    assert [each.id for each in kept(failed)] == ids
    assert [each.id for each in kept(failed, limit=2)] == ids[:2]
    assert [each.id for each in kept(failed, after=ids[1])] == ids[2:]
    found = failed.find(ids[0])
    assert found
    assert (found.source, found.received_at, found.replayed_at) == ("segment", NOW, None)
    assert dict(failed.bodies([found.place])).keys() == {found.place}
    assert failed.find("2026-11-21.segment.none") is failed.find("nonsense") is None


def test_a_day_of_long_reasons_is_listed_whole(aws) -> None:
    """A query ends at 1 MB: that is not the end of the day. What is kept of a reason is bounded, whatever it quotes."""
    failed = StoredFailedEvents("bucket", "records")
    ids = sorted(failed.keep(FailedEvent("segment", "é" * 500_000, NOW, b"raw %d" % n)) for n in range(300))
    found = kept(failed, limit=299)
    assert [each.id for each in found] == ids[:299]
    assert {len(each.reason) for each in found} == {MOST_REASON}
    failed.settle(found[0]._replace(reason="x" * 500_000))
    assert len(kept(failed)[0].reason) == MOST_REASON


def test_a_failed_event_that_comes_again_keeps_its_first_time_and_waits_again(aws) -> None:
    """Also its end: 30 days from the first receipt. Facts without a time take that one."""
    failed = StoredFailedEvents("bucket", "records")
    failed_id = failed.keep(FailedEvent("segment", "because", NOW, b"raw"))
    first = kept(failed)[0]
    failed.settle(first._replace(replayed_at=LATER))
    assert failed.find(failed_id) == first._replace(replayed_at=LATER)
    assert failed.keep(FailedEvent("segment", "still", LATER, b"raw")) == failed_id
    assert kept(failed) == [first._replace(reason="still")]
    [item] = aws.scan(TableName="records")["Items"]
    assert int(item["expires_at"]["N"]) == int(NOW.timestamp()) + 30 * 86_400


def test_a_record_that_was_removed_is_not_made_again(aws) -> None:
    """One that a person's erasure took while it was being replayed stays gone."""
    failed = StoredFailedEvents("bucket", "records")
    failed.keep(FailedEvent("segment", "because", NOW, b"raw"))
    [found] = kept(failed)
    failed.cut(found.place, None)
    failed.settle(found._replace(replayed_at=LATER))
    assert aws.scan(TableName="records")["Count"] == 0


def test_items_are_read_as_they_are(aws) -> None:
    """Those that exist, whatever they are, by their keys."""
    facts, one = DynamoFacts("activities", 400), fact()
    facts.put([one])
    poison = {"lead_id": {"S": one.lead_id}, "key": {"S": "poison"}}
    aws.put_item(TableName="activities", Item=poison)
    found = facts.images(one.lead_id, [one.key, "poison", "gone"])
    assert found == {one.key: to_item(one, retention_days=400), "poison": poison}


def test_the_leads_table_is_read_in_shares_and_pages(aws) -> None:
    """Every state once, whatever else there is; each page says behind what to go on."""
    leads = DynamoLeads("leads")
    wanted = {lead_id_of(Identity("user", str(n))) for n in range(9)}
    for lead_id in wanted:
        leads.put(LeadState(lead_id))
        leads.put_nurture(NurtureState(lead_id))
    found: list[str] = []
    for part in range(2):
        after = ""
        while True:
            page = leads.page(part, 2, after=after, limit=4)
            after = page.after
            found += [state.lead_id for state in page.states]
            assert len(page.items) <= 4
            if not after:
                break
    assert sorted(found) == sorted(wanted)


def test_letters_are_received_and_removed(queue: str) -> None:
    """What is not removed comes again; what was received is hidden meanwhile."""
    letters = SqsLetters({"nurture": queue})
    sqs = clients.client("sqs")
    for body in ("a", "b"):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    found = letters.receive("nurture")
    assert letters.count() == 2
    assert sorted(letter.body for letter in found) == ["a", "b"]
    letters.done("nurture", [letter for letter in found if letter.body == "a"])
    for letter in found:
        if letter.body == "b":
            sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=letter.receipt, VisibilityTimeout=0)
    assert [letter.body for letter in letters.receive("nurture")] == ["b"]
