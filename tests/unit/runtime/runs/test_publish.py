"""Drafts, publishing, going back, and what it does to leads: the API and the worker over a quiet world."""

import json
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from functions.sweep import handler as sweep
from leadlight.model import Documents, encode
from leadlight.releases import pace
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.simulation.world import documents
from tests.unit.builders import cloudevent
from tests.unit.runtime.runs.release import MEANING, POINTS, SOME_TIME_AGO, call, publish, someone, work


def test_a_draft_changes_nothing_and_is_one_version_however_often_it_comes(stack: Quiet) -> None:
    """Until it is published; then the one before is retired."""
    assert call("POST /v1/models", POINTS) == (201, {"version": 1, "models": ["b2b-saas@2"], "catalogue": 1})
    assert call("POST /v1/models", POINTS)[1]["version"] == 1
    listed = call("GET /v1/models")[1]
    assert [(each["version"], each["state"]) for each in listed["versions"]] == [(0, "published"), (1, "draft")]
    assert publish(1, after=0)[0] == 202
    listed = call("GET /v1/models")[1]
    assert [(each["version"], each["state"]) for each in listed["versions"]] == [(0, "retired"), (1, "published")]
    assert call("GET /v1/health")[1]["model"] == "b2b-saas@2"


def test_every_lead_follows_silently(stack: Quiet) -> None:
    """The score, its model, the stage, and that it is disengaged by the new model's days; nobody hears of it.

    Sales gets nothing that it would not hear of.
    """
    lead_id = someone(stack, "ada", time=SOME_TIME_AGO)
    before = stack.world.leads.get(lead_id, consistent=True)
    call("POST /v1/models", POINTS)
    publish(1, after=0, rate=1)
    events = len(stack.world.bus.entries)
    assert work(stack) > 0
    after = stack.world.leads.get(lead_id, consistent=True)
    assert (before.model, after.model) == ("b2b-saas@1", "b2b-saas@2")
    assert after.totals.score > before.totals.score
    assert (before.standing.stage, after.standing.stage, after.standing.hand_off) == ("lead", "sql", None)
    assert len(stack.world.bus.entries) == events
    run = call("GET /v1/models")[1]["runs"]["publish"]
    assert (run["done"], run["seen"], run["written"]) == (True, 1, 1)
    settled = datetime.fromisoformat(run["leads_from"]) - datetime.fromisoformat(run["begun_at"])
    assert settled.total_seconds() == stack.world.runs.settle_seconds
    stored = [json.loads(raw) for raw in stack.world.records.stored.values()]
    assert {each["kind"] for each in stored if each.get("silent")} == {"stage_changed", "qualified", "disengaged"}


def test_who_does_something_before_their_turn_moves_as_silently(stack: Quiet) -> None:
    """What a page viewed brings about is announced; what the new model does alone is not, and sales gets nothing."""
    lead_id = someone(stack, "ada", time=SOME_TIME_AGO)
    call("POST /v1/models", POINTS)
    publish(1, after=0)
    events = len(stack.world.bus.entries)
    stack.activity(cloudevent("page_viewed", name="p", subject="ada@gmail.com", data={"properties": {"path": "/"}}))
    stack.settle()
    after = stack.world.leads.get(lead_id, consistent=True)
    assert (after.model, after.standing.stage, after.standing.hand_off) == ("b2b-saas@2", "sql", None)
    assert {event.detail_type for event in stack.world.bus.entries[events:]} <= {"Lead Scored"}
    work(stack)
    assert {event.detail_type for event in stack.world.bus.entries[events:]} <= {"Lead Scored"}


def test_a_model_that_came_by_a_deployment_is_announced_by_no_night(stack: Quiet) -> None:
    """A deployment touches no lead, and hands none to sales."""
    lead_id = someone(stack, "ada", time=SOME_TIME_AGO)
    call("POST /v1/models", POINTS)
    stack.world.models.deploy(stack.world.models.documents(stack.world.models.versions()[0]))
    events = len(stack.world.bus.entries)
    sweep.lambda_handler({}, CONTEXT)
    work(stack)
    after = stack.world.leads.get(lead_id, consistent=True)
    assert (after.model, after.standing.stage, after.standing.hand_off) == ("b2b-saas@2", "sql", None)
    assert [event.detail_type for event in stack.world.bus.entries[events:]] == []


def test_what_the_operator_asked_for_is_announced(stack: Quiet) -> None:
    """Hand-offs and stages here: sales gets the lead."""
    lead_id = someone(stack, "ada")
    call("POST /v1/models", POINTS)
    publish(1, after=0, announce=["stages", "hand-offs"])
    before = len(stack.world.bus.entries)
    work(stack)
    assert stack.world.leads.get(lead_id, consistent=True).standing.hand_off
    news = {event.detail_type for event in stack.world.bus.entries[before:]}
    assert news >= {"Lead Stage Changed", "Lead Qualified", "Lead Handed Off"}
    assert "Lead Scored" not in news


def test_of_two_publishes_one_wins_and_the_other_is_told(stack: Quiet) -> None:
    """A conflict that says what is in force; the winner's own request again is no conflict."""
    call("POST /v1/models", POINTS)
    call("POST /v1/models", MEANING)
    assert publish(1, after=0)[0] == 202
    status, problem = publish(2, after=0)
    assert (status, problem["type"], problem["field"]) == (409, "urn:leadlight:problem:overtaken", "after")
    assert "version 1 was published as release 1" in problem["detail"]
    assert publish(1, after=0)[0] == 202
    assert publish(2, after=1)[1]["release"]["from_facts"]


def test_another_catalogue_makes_folds_anew_and_going_back_too(stack: Quiet) -> None:
    """From the facts; also where the run of the release before is not through."""
    lead_id = someone(stack, "ada")
    stack.activity(cloudevent("page_viewed", name="p", subject="ada@gmail.com", data={"properties": {"path": "/"}}))
    stack.settle()
    call("POST /v1/models", MEANING)
    publish(1, after=0)
    work(stack)
    assert "seen_again" in stack.world.leads.get(lead_id, consistent=True).fold.signals
    assert publish(0, after=1)[1]["release"]["from_facts"]
    call("POST /v1/models", POINTS)
    assert publish(2, after=2)[1]["release"]["from_facts"]  # the same catalogue as 0, whose run did not begin yet
    work(stack)
    assert "seen_again" not in stack.world.leads.get(lead_id, consistent=True).fold.signals
    assert stack.world.leads.get(lead_id, consistent=True).model == "b2b-saas@2"


@pytest.mark.parametrize("noted_by", ["a night", "a draft"])
def test_a_catalogue_that_was_deployed_first_makes_folds_anew_too(stack: Quiet, noted_by: str) -> None:
    """What is shipped by then is the same as what is published: the folds are not."""
    lead_id = someone(stack, "ada")
    stack.activity(cloudevent("page_viewed", name="p", subject="ada@gmail.com", data={"properties": {"path": "/"}}))
    stack.settle()
    if noted_by == "a night":
        sweep.lambda_handler({}, CONTEXT)
        work(stack)
    else:
        call("POST /v1/models", POINTS)
    call("POST /v1/models", MEANING)
    newest = stack.world.models.versions()[-1]
    stack.world.models.deploy(stack.world.models.documents(newest))
    assert "seen_again" not in stack.world.leads.get(lead_id, consistent=True).fold.signals
    assert publish(newest.version, after=0)[1]["release"]["from_facts"]
    work(stack)
    assert "seen_again" in stack.world.leads.get(lead_id, consistent=True).fold.signals
    assert stack.audit()["differing"] == {}
    assert publish(0, after=1)[1]["release"]["from_facts"] is False  # what is shipped has the catalogue of the folds


def test_a_run_that_lost_its_messages_is_resumed(stack: Quiet) -> None:
    """By the operator, or by the next night."""
    lead_id = someone(stack, "ada")
    call("POST /v1/models", POINTS)
    publish(1, after=0)
    for resume in (lambda: call("POST /v1/models/resume"), lambda: sweep.lambda_handler({}, CONTEXT)):
        stack.world.runs.delayed.clear()
        resume()
        assert stack.world.runs.delayed
    work(stack)
    assert stack.world.leads.get(lead_id, consistent=True).model == "b2b-saas@2"


def test_the_nightly_sweep_writes_what_shows_and_decides_what_is_due(stack: Quiet) -> None:
    """A score that fades within its bucket stays as it is stored; one that leaves it is written and announced."""
    lead_id = someone(stack, "ada")
    leads = stack.world.leads
    sweep.lambda_handler({}, CONTEXT)
    work(stack)
    assert leads.get(lead_id, consistent=True).version <= 2  # the put, and the emptied outbox
    before = leads.get(lead_id, consistent=True)
    stack.world.clock += timedelta(days=70)
    events = len(stack.world.bus.entries)
    sweep.lambda_handler({}, CONTEXT)
    work(stack)
    after = leads.get(lead_id, consistent=True)
    assert after.totals.score < before.totals.score
    assert [event.detail_type for event in stack.world.bus.entries[events:]][:1] == ["Lead Scored"]
    run = call("GET /v1/models")[1]["runs"]["sweep"]
    assert (run["seen"], run["written"], run["decided"], run["disengaged"]) == (1, 1, 2, 1)


def test_a_leftover_outbox_is_brought_to_publish_again(stack: Quiet) -> None:
    """Its stream record was given up; the sweep saves the lead as it is."""
    stack.activity(cloudevent("demo_requested", subject="ada@gmail.com"))
    stack._drain(stack.world.activities_stream, __import__("functions.rescore.handler", fromlist=["handler"]))
    for lane in stack.world.leads_stream.lanes:
        lane.records.clear()
    stack.settle()
    assert not stack.world.bus.entries
    stack.world.clock += timedelta(hours=2)
    sweep.lambda_handler({}, CONTEXT)
    work(stack)
    assert {event.detail_type for event in stack.world.bus.entries} >= {"Lead Scored"}


def test_what_a_draft_would_do_is_counted_over_a_sample(stack: Quiet) -> None:
    """Higher, lower, the same, and grades."""
    someone(stack, "ada", time=SOME_TIME_AGO)
    call("POST /v1/models", POINTS)
    found = call("GET /v1/models/{version}/effect", version="1")[1]
    assert (found["sampled"], found["higher"], found["from_facts"], found["release"]) == (1, 1, False, 0)
    held = call("GET /v1/models/{version}", version="0")[1]
    assert msgspec.convert(held, type=Documents) == documents()


@pytest.mark.parametrize(
    ("route", "body", "field"),
    [
        ("POST /v1/models", b"no JSON", "body"),
        ("POST /v1/models", b"{}", "body"),
        ("POST /v1/models/{version}/publish", {"after": 0, "rate": 0}, "rate"),
        ("POST /v1/models/{version}/publish", {"after": 0, "announce": ["all"]}, "body"),
    ],
)
def test_what_cannot_be_is_refused(stack: Quiet, route: str, body: Any, field: str) -> None:
    """With the field and the fix."""
    status, problem = call(route, body, version="0")
    assert (status, problem["field"]) == (422, field)


def test_a_name_means_one_content_for_good(stack: Quiet) -> None:
    """Other content needs another version, of the model as of the catalogue."""
    shipped = documents()
    model = msgspec.structs.replace(shipped.model, title="other")
    other = msgspec.structs.replace(shipped, models=(model,))
    status, problem = call("POST /v1/models", encode(other))
    assert (status, "b2b-saas@1 was uploaded before with other content" in problem["detail"]) == (422, True)
    catalogue = msgspec.structs.replace(shipped.catalogue, signals=shipped.catalogue.signals[1:])
    status, problem = call("POST /v1/models", encode(msgspec.structs.replace(shipped, catalogue=catalogue)))
    assert (status, problem["field"]) == (422, "catalogue.version")
    assert call("GET /v1/models/{version}", version="7")[0] == 404
    assert call("POST /v1/models/resume")[0] == 404


@pytest.mark.parametrize("rate", [1, 10, 99, 500, 1_000, 4_000, 8_000])
def test_a_rate_is_kept(rate: int) -> None:
    """Pages over pauses come to the rate, or a little less or more."""
    segments, page, pause = pace(rate)
    assert 0.75 * rate <= segments * page / pause <= 1.5 * rate + 1
    assert segments <= 16
    assert page <= 500
