"""What queues and the failure bucket hold is brought in by what is stored, never by its image."""

import json
from typing import Any

import msgspec
import pytest

from functions.publish import handler as publish
from functions.rescore import handler as rescore
from leadlight.releases import Task
from leadlight.runtime import rescore as rescoring
from leadlight.runtime.news import by_lead
from leadlight.runtime.repair import redrive as redriving
from tests.simulation.world import poison
from tests.unit.builders import NOW, cloudevent
from tests.unit.runtime.repair.broken import (
    ADA,
    LIST,
    ONE,
    batch_of,
    counted,
    fold,
    lost,
)


def test_a_stream_record_is_never_applied_as_an_image(stack):
    """A record that was set aside tells which lead to rebuild: what is stored by then counts, not what it holds."""
    poison(stack.world, ADA, NOW, 0)
    stack.activity(cloudevent("demo_requested"))
    stack.settle()
    [listed] = stack.repair(LIST)["failed_events"]
    assert listed["source"] == "stream"
    assert not stack.repair(ONE, failed_id=listed["id"])["replayed"]  # it is still no fact
    [key] = [key for key in stack.world.facts.keys(ADA) if "poison" in key]
    good = stack.world.facts.table.get(ADA, next(each for each in stack.world.facts.keys(ADA) if each != key))
    body = json.loads(good["body"]["S"]) | {"id": "mended"}
    mended = {**good, "key": {"S": key}, "body": {"S": json.dumps(body)}}
    stack.world.facts.table.put(mended)
    lost(stack.world.activities_stream)
    assert stack.repair(ONE, failed_id=listed["id"])["replayed"]
    assert stack.repair(LIST)["failed_events"] == []


def test_a_batch_that_a_stream_gave_up_is_brought_back_by_what_is_stored(stack):
    """Facts that no function ever saw, one of them rewritten since: the fold is that of the stored facts."""
    stack.activity(cloudevent("email_clicked", name="a"))
    stack.activity(cloudevent("lead_identified", name="t", data={"traits": {"job_title": "Intern", "team": "sales"}}))
    records = lost(stack.world.activities_stream)
    stack.activity(cloudevent("lead_identified", name="t", data={"traits": {"job_title": "CTO"}}))
    stack.activity(cloudevent("demo_requested", name="b"))
    stack.settle()
    assert stack.audit()["differing"].keys() == {ADA}
    stack.world.failed.given_up["aws/lambda/1/2/3"] = batch_of(records)
    assert stack.redrive()["batches"] == 1
    stack.settle()
    assert counted(stack) == {"email_clicked": 1, "demo_requested": 1}
    assert {name: trait.value for name, trait in fold(stack).traits.items()} == {"job_title": "CTO"}
    assert (stack.audit()["differing"], stack.world.failed.given_up) == ({}, {})
    assert stack.redrive().total() == 0


def test_an_image_would_bring_back_what_was_taken_back(stack, monkeypatch):
    """The test above finds what it is there for: redrive that applies what the records hold is told by the audit.

    Rescore has to take them at their word, too: it reads what is stored where it has a doubt.
    """

    def by_image(records: Any, ports: Any) -> list[Any]:
        for news in by_lead(records, unreadable=lambda *_: None):
            rescoring.rescore(news, ports)
        return []

    monkeypatch.setattr(redriving, "redeliver", by_image)
    monkeypatch.setattr(rescoring.retold, "as_stored", lambda _lead, changes, *_: list(changes))
    with pytest.raises(AssertionError, match="team"):
        test_a_batch_that_a_stream_gave_up_is_brought_back_by_what_is_stored(stack)
    assert [found["part"] for found in stack.audit()["differing"][ADA]] == ["traits team"]


def test_a_batch_of_the_leads_stream_publishes_what_is_still_unpublished(stack):
    """Once: an outbox that was published meanwhile is not published again."""
    stack.activity(cloudevent("demo_requested"))
    stack._drain(stack.world.activities_stream, rescore)
    stack.world.failed.given_up["aws/lambda/1"] = batch_of(lost(stack.world.leads_stream))
    assert stack.world.bus.entries == []
    assert stack.redrive()["outboxes"] == 1
    ids = [event.id for event in stack.world.bus.entries]
    assert (len(ids), len(set(ids))) == (len(ids), len(ids))
    assert ids
    stack.settle()
    assert stack.redrive()["outboxes"] == 0


def test_what_cannot_be_done_keeps_nothing_behind_it_back(stack, monkeypatch):
    """An outbox that nobody can read, a queue of letters that always fail: each stays, and the rest comes back."""
    stack.activity(cloudevent("demo_requested"))
    stack.activity(cloudevent("demo_requested", name="b", subject="ben@example.com"))
    stack._drain(stack.world.activities_stream, rescore)
    records = lost(stack.world.leads_stream)
    table, bad = stack.world.leads.table, records[0]["dynamodb"]["Keys"]["lead_id"]["S"]
    table.put({**table.get(bad, "state"), "outbox": {"S": "nonsense"}})
    lost(stack.world.leads_stream)
    stack.activity(cloudevent("email_clicked", name="c"))
    facts = lost(stack.world.activities_stream)
    stack.world.failed.given_up |= {"aws/lambda/1": batch_of(records), "aws/lambda/2": batch_of(facts)}
    stack.world.letters.waiting["nurture"] = ["not JSON"] * 100
    monkeypatch.setattr(stack.world.letters, "done", lambda *_: stack.world.letters.come_back())
    told = stack.redrive()
    assert (told["outboxes"], told["batches"], list(stack.world.failed.given_up)) == (1, 1, ["aws/lambda/1"])
    assert counted(stack)["email_clicked"] == 1
    assert stack.repair("GET /v1/redrive") == {"letters": 100, "batches": 1}


def test_dead_letters_are_followed_and_rolled_up(stack):
    """As the rule left them, or as Lambda did; nurture follows each here, a rollup is asked for once."""
    stack.activity(cloudevent("demo_requested", data={"traits": {"job_title": "CTO", "company_size": 300}}))
    stack._drain(stack.world.activities_stream, rescore)
    stack._drain(stack.world.leads_stream, publish)
    events, stack.world.bus.undelivered = stack.world.bus.undelivered, []
    letters = [{"detail-type": event.detail_type, "detail": json.loads(event.detail)} for event in events]
    wrapped = [letters[0], *({"version": "1.0", "requestPayload": letter} for letter in letters)]
    stack.world.letters.waiting = {
        "nurture": [*map(json.dumps, wrapped), "not JSON", "{}", "[]"],
        "rollup": ["{}", "{}"],
        "sweep": [],
    }
    before = len(stack.world.bus.entries)
    told = stack.redrive()
    assert (told["letters"], told["left"]) == (len(wrapped) + 2, 3)
    assert stack.world.leads.get_nurture(ADA).seen == max(letter["detail"]["seq"] for letter in letters)
    assert [event.detail_type for event in stack.world.bus.entries[before:]] == ["KPI Rollup Requested"]
    assert stack.world.letters.seen == {"nurture": ["not JSON", "{}", "[]"], "rollup": [], "sweep": []}


def test_a_page_that_was_given_up_goes_back_to_its_run(stack):
    """The clock's call, as the schedule or Lambda left it, begins the sweep of the day."""
    page, tick = (
        {"run": "publish-1", "segment": 3, "page": 2, "after": "ld_a#state"},
        {"detail-type": "Scheduled Event"},
    )
    letters = [page, tick, {"version": "1.0", "requestPayload": tick}, {"segment": 1}]
    stack.world.letters.waiting["sweep"] = [*map(json.dumps, letters), "not JSON"]
    told = stack.redrive()
    assert (told["letters"], told["left"]) == (3, 2)
    tasks = [msgspec.json.decode(body, type=Task) for body in stack.world.runs.queue]
    assert tasks[0] == Task(**page)
    assert {task.run for task in tasks[1:]} == {f"sweep-{NOW.date()}"}


def test_what_cannot_be_read_stays(stack, monkeypatch):
    """A batch that is none is left where it is, and does not keep the others back; a poison record is set aside."""
    monkeypatch.setattr(redriving, "BATCHES", 1)
    stack.activity(cloudevent("demo_requested"))
    records = lost(stack.world.activities_stream)
    poison(stack.world, ADA, NOW, 0)
    records += lost(stack.world.activities_stream)
    stack.world.failed.given_up = {"aws/lambda/a": b"no batch", "aws/lambda/b": batch_of(records)}
    told = stack.redrive()
    assert (told["left"], told["batches"], told["failed"]) == (1, 1, 1)
    assert list(stack.world.failed.given_up) == ["aws/lambda/a"]
    assert [each["source"] for each in stack.repair(LIST)["failed_events"]] == ["stream"]
    assert counted(stack) == {"demo_requested": 1}
