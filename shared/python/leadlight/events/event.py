from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from leadlight.lifecycle.decision import Decision
from leadlight.releases import Release

SOURCE = "leadlight"
VERSION = 1
ROLLUP_REQUESTED = "KPI Rollup Requested"
MODEL_PUBLISHED = "Model Published"
DETAIL_TYPES: Mapping[str, str] = {
    "scored": "Lead Scored",
    "stage_changed": "Lead Stage Changed",
    "qualified": "Lead Qualified",
    "handed_off": "Lead Handed Off",
    "rejected": "Lead Rejected",
    "disengaged": "Lead Disengaged",
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


class ModelPublished(msgspec.Struct, frozen=True):
    """Models and a catalogue were put in force. Every lead follows, at the rate that the operator set.

    `documents` is the version that `leadlight models` lists. `from_facts`: the catalogue changed, and every fold is
    made anew from the facts.
    """

    release: int
    documents: int
    models: tuple[str, ...]
    catalogue: int
    from_facts: bool
    published_at: str


def model_published(release: Release, *, models: Sequence[str], catalogue: int) -> str:
    """The detail of the event that announces a release; the same however often it goes out."""
    detail = ModelPublished(
        release=release.number,
        documents=release.version,
        models=tuple(models),
        catalogue=catalogue,
        from_facts=release.from_facts,
        published_at=release.published_at,
    )
    named = {"id": f"release#{release.number}", "version": VERSION}
    return msgspec.json.encode({**named, **msgspec.to_builtins(detail)}).decode()
