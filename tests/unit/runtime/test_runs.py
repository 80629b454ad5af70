"""The pages of a run: their leads side by side, throttled ones again, and as many of them a second as was asked for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.sweep import handler as sweep
from leadlight.ports import Unavailable
from leadlight.state import LeadState
from tests.simulation.quiet import Quiet, quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW, cloudevent
from tests.unit.runtime.test_publish import POINTS, call, publish

NAMES = ("ada", "ben", "cyd")


@pytest.fixture
def stack() -> Iterator[Quiet]:
    with quiet(NOW) as found:
        for name in NAMES:
            found.activity(cloudevent("demo_requested", name=name, subject=f"{name}@gmail.com"))
        found.settle()
        call("POST /v1/models", POINTS)
        yield found


def page(stack: Quiet) -> dict[str, int]:
    """The one page of a run, done; what it counted."""
    [body] = stack.world.runs.delayed
    stack.world.runs.delayed.clear()
    return dict(sweep.lambda_handler({"Records": [{"body": body}]}, CONTEXT))


def test_a_throttled_lead_is_tried_again_and_read_anew(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first put of each lead fails: all are written in the one invocation, and on the new model."""
    publish(1, after=0, rate=200)
    leads, refused = stack.world.leads, set[str]()
    put = leads.put

    def throttled(state: LeadState) -> None:
        if state.lead_id not in refused:
            refused.add(state.lead_id)
            raise Unavailable("throttled")
        put(state)

    monkeypatch.setattr(leads, "put", throttled)
    counted = page(stack)
    assert (counted["seen"], counted["written"]) == (3, 3)
    assert len(refused) == 3
    assert {state.model for state in leads.scan()} == {"b2b-saas@2"}


@pytest.mark.parametrize(("took", "delay"), [(0.4, 2), (1.2, 1), (7, 0)])
def test_the_time_of_a_page_is_part_of_its_pause(
    stack: Quiet, monkeypatch: pytest.MonkeyPatch, took: float, delay: int
) -> None:
    """A page begins two seconds after the one before it began, or when that is done: the rate is what was asked for."""
    publish(1, after=0, rate=1)
    world, sent = stack.world, list[int]()
    read = world.leads.page

    def slow(*place: Any, **more: Any) -> Any:
        world.clock += timedelta(seconds=took)
        return read(*place, **more)

    monkeypatch.setattr(world.leads, "page", slow)
    monkeypatch.setattr(world.runs, "send", lambda _, *, delay: sent.append(delay))
    page(stack)
    assert sent == [delay]
