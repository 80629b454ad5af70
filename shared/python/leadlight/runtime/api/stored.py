"""A lead's stored item, as it is: what each part of it says, and what it costs in bytes."""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadlight.activity.order_key import day_text, moment_of, timestamp
from leadlight.adapters.lead_items import history_to_item, to_item
from leadlight.lifecycle.decision import decode
from leadlight.merge.kin import MARK, Kin
from leadlight.state import LeadState
from leadlight.state.readable import parts, readable, sizes

_MOMENTS = {"entered_at", "first", "left", "opened_at", "due_at"}


def stored_view(state: LeadState) -> dict[str, Any]:
    """The item of a lead, merged or not.

    `bytes`: of the item as DynamoDB counts them, and of each attribute; `fold_bytes`: how much shorter the fold would
    be without a part, were it stored in one piece; `history_bytes`: of the item that holds the longest of it, where
    there is one. `fold` holds the day buckets, ring and floor of both lanes as times, and the registers.
    """
    item = to_item(state)
    taken = _taken(item)
    return {
        "lead_id": state.lead_id,
        "version": state.version,
        "bytes": {"all": sum(taken.values()), **taken},
        "fold_bytes": sizes(state.fold),
        "history_bytes": _size(history_to_item(state.lead_id, state.base)) if state.base else 0,
        "fold": parts(state.fold),
        "score": None if state.totals is None else state.totals._asdict(),
        "as_of": day_text(state.as_of) if state.as_of >= 0 else None,
        "standing": _timed(readable(state.standing)),
        "kin": _kin(state.kin),
        "outbox": [{"id": decision.id, **msgspec.to_builtins(decision)} for decision in decode(state.outbox)],
        "begun": timestamp(state.begun) if state.begun else None,
    }


def _taken(item: Mapping[str, Any]) -> dict[str, int]:
    return {name: len(name.encode()) + _bytes(value) for name, value in item.items()}


def _size(item: Mapping[str, Any]) -> int:
    return sum(_taken(item).values())


def _bytes(value: Mapping[str, Any]) -> int:
    """What DynamoDB counts for a value: text and binary by their bytes, numbers by half their digits and one."""
    (kind, held), *_ = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "B":
            return len(held)
        case "N":
            return len(held) // 2 + 1 + len(held) % 2
    return 1


def _kin(kin: Kin) -> dict[str, Any]:
    """How the lead stands among those that are one person; the marks of issued links are counted, not shown."""
    return {**readable(kin), "linked": len(kin.linked) // MARK}


def _timed(value: Any) -> Any:
    """A standing with its milliseconds as times; what never was is None."""
    if isinstance(value, dict):
        return {name: _moment(each) if name in _MOMENTS else _timed(each) for name, each in value.items()}
    return value


def _moment(milliseconds: int) -> str | None:
    return timestamp(moment_of(milliseconds)) if milliseconds else None
