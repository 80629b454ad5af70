from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from leadlight.lifecycle.decision import Decision

SOURCE = "leadlight"
VERSION = 1
ROLLUP_REQUESTED = "KPI Rollup Requested"
DETAIL_TYPES: Mapping[str, str] = {
    "scored": "Lead Scored",
    "stage_changed": "Lead Stage Changed",
    "qualified": "Lead Qualified",
    "handed_off": "Lead Handed Off",
    "rejected": "Lead Rejected",
    "enrolled": "Nurture Enrolled",
    "exited": "Nurture Exited",
    "merged": "Lead Merged",
    "unmerged": "Lead Unmerged",
}


class Event(NamedTuple):
    """One EventBridge entry. `detail` is JSON; `id` is the decision's, empty for what announces none."""

    detail_type: str
    detail: str
    id: str = ""


def event_of(decision: Decision) -> Event:
    """The event that announces a decision. It holds no personal data: consumers ask the API by lead_id."""
    detail = {"id": decision.id, "version": VERSION, **msgspec.to_builtins(decision)}
    return Event(DETAIL_TYPES[decision.kind], msgspec.json.encode(detail).decode(), decision.id)


def decision_of(detail: Mapping[str, object]) -> Decision:
    """The decision that an event's detail announces."""
    return msgspec.convert(detail, type=Decision)
