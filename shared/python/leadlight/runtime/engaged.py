"""The nightly count of who is engaged: page by page in the checkpoints of a sweep, and once for its day."""

from collections.abc import Mapping
from datetime import datetime

from leadlight.activity.order_key import day_number
from leadlight.kpi import Engagement
from leadlight.lifecycle.engagement import engagement
from leadlight.ports import Ports
from leadlight.releases import SWEPT, Run
from leadlight.state import LeadState


def counts(state: LeadState | None, run: Run, ports: Ports) -> dict[str, int]:
    """What a sweep counts of a lead that stands by itself; nothing of any other run.

    Who became disengaged says so for the rest of the day, so that a page which is done again counts the same.
    """
    if state is None or run.kind != "sweep":
        return {}
    day = day_number(datetime.fromisoformat(run.begun_at))
    found = engagement(state.fold.signals, ports.portfolio.of(state.fold, day).model, day)
    return {
        "engaged": found == "engaged",
        "disengaged": found == "disengaged",
        "newly_disengaged": state.standing.disengaged == day,
    }


def keep(run: Run, counted: Mapping[str, int], ports: Ports) -> None:
    """Stores what a sweep counted, once it has seen every lead; storing it again changes nothing."""
    day = datetime.fromisoformat(run.begun_at).date().isoformat()
    ports.records.put_engagement(Engagement(day=day, **{name: counted[name] for name in SWEPT}))
