"""What a lead lacks for the next stage, and the days behind and ahead of it."""

from typing import Any

from leadlight.activity.order_key import day_number
from leadlight.adapters.lead_items import stage_of
from leadlight.ports import Ports
from leadlight.runtime.query import number_of
from leadlight.scoring.history import DEPTH
from leadlight.scoring.outlook import line_view, why_not_view
from leadlight.state import LeadState


def outlook(state: LeadState, ports: Ports, *, days: int | None) -> dict[str, Any]:
    """`why_not` of a lead; and where days are asked for, its `history`, `forecast` and the `lines` to see them by."""
    today = day_number(ports.now())
    engine = ports.portfolio.of(state.fold, today)
    shown: dict[str, Any] = {"why_not": why_not_view(engine, state.fold, today, stage=stage_of(state))}
    return shown if days is None else {**shown, **line_view(engine, state.fold, today, days=days)}


def days_asked(given: str | None) -> int | None:
    """The query's `days`.

    Raises:
        MalformedEvent: it is no number of days that the facts can tell.
    """
    if given is None:
        return None
    return number_of(given, field="days", most=DEPTH)
