"""A page of a run, and how far it has come."""

from typing import Any

import pytest

from functions.sweep import handler as sweep
from leadlight.releases import Run
from leadlight.runtime import pages
from leadlight.state import LeadState
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW
from tests.unit.runtime.runs.release import call, work

NAMES = ("ada", "ben", "cyd")


def page(stack: Quiet) -> dict[str, int]:
    """The one page of a run, done; what it counted."""
    [body] = stack.world.runs.delayed
    stack.world.runs.delayed.clear()
    return dict(sweep.lambda_handler({"Records": [{"body": body}]}, CONTEXT))


def taken(stack: Quiet) -> list[str]:
    """The messages that wait, off the queue."""
    runs = stack.world.runs
    found = runs.delayed + runs.queue
    runs.delayed.clear()
    runs.queue.clear()
    return found


def ids(stack: Quiet) -> list[str]:
    return [state.lead_id for state in stack.world.leads.scan()]


def fails(patch: pytest.MonkeyPatch, lead_id: str, error: Exception) -> None:
    """Whatever is tried with a lead, it ends the same."""
    reconsider = pages.reconsider

    def failing(state: LeadState, *rest: Any) -> Any:
        if state.lead_id == lead_id:
            raise error
        return reconsider(state, *rest)

    patch.setattr(pages, "reconsider", failing)


def progress(stack: Quiet, run: str = "publish") -> dict[str, Any]:
    return dict(call("GET /v1/models")[1]["runs"][run])


def _a_message(stack: Quiet) -> None:
    work(stack)


def _a_night(stack: Quiet) -> None:
    stack.world.runs.queue.clear()
    sweep.lambda_handler({}, CONTEXT)


def _sweep() -> Run:
    return Run("sweep-2026-11-21", "sweep", 0, NOW.isoformat(), segments=1, page=500, pause=1)
