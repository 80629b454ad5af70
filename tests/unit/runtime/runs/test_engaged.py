"""The nightly sweep counts who is engaged, once for each day, and tells of each lead that no longer is."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from functions.ingest import handler as ingest
from functions.sweep import handler as sweep
from leadlight.kpi import Engagement
from leadlight.runtime import engaged, runs
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW, cloudevent
from tests.unit.runtime.runs.release import work

sweep.logger.setLevel("ERROR")


def visits(stack: Quiet, name: str, *, days: int, kind: str = "demo_requested", **lead: Any) -> None:
    """Somebody does something, so many days from the beginning."""
    at = (NOW + timedelta(days=days)).isoformat()
    event = cloudevent(kind, name=f"{name}{kind}{days}", subject=f"{name}@gmail.com", time=at)
    stack.activity({**event, "data": {**event.get("data", {}), **lead}})
    stack.settle()


def night(stack: Quiet, *, days: int) -> Engagement:
    """The sweep of the day that is so many after the first; what it counted."""
    stack.world.clock = NOW + timedelta(days=days)
    sweep.lambda_handler({}, CONTEXT)
    work(stack)
    return stack.world.records.engagement()[-1]


def told(stack: Quiet) -> list[str]:
    return [event.detail for event in stack.world.bus.entries if event.detail_type == "Lead Disengaged"]


def test_a_night_counts_every_lead_that_stands_by_itself(stack: Quiet) -> None:
    """Two engaged, one that was, one that never did anything of worth; a merged lead and an account are nobody."""
    visits(stack, "early", days=-29)
    visits(stack, "late", days=0)
    visits(stack, "gone", days=-40)
    visits(stack, "bounced", days=0, kind="email_bounced")
    visits(stack, "twice", days=0, lead={"identities": [{"kind": "user_id", "value": "u1"}]})
    stack.activity(cloudevent("account_identified", name="a", data={"account": {"domain": "acme.com"}}))
    stack.settle()
    assert night(stack, days=0) == Engagement(day="2026-11-21", engaged=3, disengaged=1, newly_disengaged=0)
    run = runs.progress("sweep-2026-11-21", stack.world)
    assert run is not None
    assert run.counts["seen"] == 6  # the merged one and the account are none
    assert night(stack, days=1) == Engagement(day="2026-11-22", engaged=2, disengaged=2, newly_disengaged=1)
    assert night(stack, days=5) == Engagement(day="2026-11-26", engaged=2, disengaged=2, newly_disengaged=0)
    assert night(stack, days=30) == Engagement(day="2026-12-21", engaged=0, disengaged=4, newly_disengaged=2)
    assert len(told(stack)) == 3


def test_a_lead_that_comes_back_is_told_of_again(stack: Quiet) -> None:
    """Once for each time that it falls silent; the event says since how long, and never who."""
    visits(stack, "ada", days=0)
    for day in (10, 40, 41, 50):
        night(stack, days=day)
    assert len(told(stack)) == 1
    detail = msgspec.json.decode(told(stack)[0])
    assert (detail["kind"], detail["cause"], detail["as_of"]) == ("disengaged", "silent_for_30_days", "2026-12-31")
    stack.world.clock = NOW + timedelta(days=60)
    visits(stack, "ada", days=60)
    for day in (61, 89, 90, 91):
        night(stack, days=day)
    assert len(told(stack)) == 2


def test_who_was_only_imported_is_counted_and_not_told_of(stack: Quiet) -> None:
    """Backfill announces nothing, now or later."""
    event = cloudevent("demo_requested", subject="old@gmail.com", time=(NOW - timedelta(days=3)).isoformat())
    stack._http(ingest, "POST", "/v1/activities", json.dumps(event), query={"backfill": "true"})
    stack.settle()
    assert night(stack, days=0).engaged == 1
    assert night(stack, days=40).disengaged == 1
    assert told(stack) == []


def test_a_page_that_comes_again_counts_once(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every message twice, and the worker dies before it keeps the sum: what is kept is the same."""
    monkeypatch.setattr(runs, "SWEEP_RATE", 1)
    for name in ("a", "b", "c", "d"):
        visits(stack, name, days=-29)
    keep, world = engaged.keep, stack.world
    night(stack, days=0)

    def dies(*_: object) -> None:
        monkeypatch.setattr(engaged, "keep", keep)
        raise RuntimeError("gone")

    monkeypatch.setattr(engaged, "keep", dies)
    world.clock = NOW + timedelta(days=1)
    sweep.lambda_handler({}, CONTEXT)
    deaths = 0
    while bodies := world.runs.queue + world.runs.delayed:
        world.runs.queue.clear()
        world.runs.delayed.clear()
        for body in (*bodies, *bodies):
            try:
                sweep.lambda_handler({"Records": [{"body": body}]}, CONTEXT)
            except RuntimeError:
                deaths += 1
        stack.settle()
    assert deaths == 1
    counted = Engagement(day="2026-11-22", engaged=0, disengaged=4, newly_disengaged=4)
    assert world.records.engagement()[-1] == counted
    assert len(told(stack)) == 4
