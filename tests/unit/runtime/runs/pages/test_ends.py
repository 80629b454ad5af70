"""How runs end: a night after a publish, a release that another one overtook, a run that is long gone."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from functions.sweep import handler as sweep
from leadlight.releases import Release
from leadlight.runtime import runs
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.runtime.runs.pages.page import _a_message, _a_night, page, progress
from tests.unit.runtime.runs.release import MEANING, call, publish, work


def test_a_night_that_resumes_a_publish_sweeps_after_it(stack: Quiet) -> None:
    """Not before: what the publish is silent about is not announced. And the night counts."""
    publish(1, after=0)
    stack.world.runs.delayed.clear()
    sweep.lambda_handler({}, CONTEXT)
    assert {msgspec.json.decode(body)["run"] for body in stack.world.runs.delayed} == {"publish-1"}
    assert not stack.world.runs.queue
    events = len(stack.world.bus.entries)
    work(stack)
    assert (progress(stack)["done"], progress(stack, "sweep")["done"]) == (True, True)
    assert stack.world.records.engagement()[-1].engaged == 3
    assert "Lead Handed Off" not in {event.detail_type for event in stack.world.bus.entries[events:]}


def test_a_publish_alone_brings_no_sweep(stack: Quiet) -> None:
    """Only a night that found it unfinished does."""
    publish(1, after=0)
    work(stack)
    assert "sweep" not in call("GET /v1/models")[1]["runs"]


def test_a_run_that_is_removed_after_its_time_was_finished(stack: Quiet) -> None:
    """Runs were once kept for 400 days: the release is not published again by a night that misses its run."""
    publish(1, after=0)
    work(stack)
    world = stack.world
    world.runs.runs.clear()
    world.runs.checkpoints.clear()
    assert not runs.finished(world.models.latest(), world)
    world.clock += timedelta(days=400)
    assert runs.finished(world.models.latest(), world)
    assert runs.finished(Release(0, 0), world)
    sweep.lambda_handler({}, CONTEXT)
    assert list(world.runs.runs) == [f"sweep-{world.clock.date()}"]


@pytest.mark.parametrize("ends", [_a_message, _a_night])
def test_a_run_that_is_overtaken_keeps_no_leads_id(stack: Quiet, ends: Any) -> None:
    """Whether its message still comes or is lost; erasure would not look there."""
    publish(1, after=0, rate=1)
    page(stack)
    assert stack.world.runs.checkpoint("publish-1", 0).after.startswith("ld_")
    call("POST /v1/models", MEANING)
    publish(2, after=1)
    ends(stack)
    ended = stack.world.runs.checkpoint("publish-1", 0)
    assert (ended.after, ended.done) == ("", False)


def test_a_run_that_was_overtaken_long_ago_keeps_no_leads_id_either(stack: Quiet) -> None:
    """Its message was lost, and the release after it was brought to its end before a night came."""
    publish(1, after=0, rate=1)
    page(stack)
    stack.world.runs.queue.clear()
    stack.world.runs.delayed.clear()
    call("POST /v1/models", MEANING)
    publish(2, after=1)
    work(stack)
    assert stack.world.runs.checkpoint("publish-1", 0).after.startswith("ld_")
    publish(0, after=2)
    work(stack)
    sweep.lambda_handler({}, CONTEXT)
    assert stack.world.runs.checkpoint("publish-1", 0).after == ""
