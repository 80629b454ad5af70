"""A page of the leads table, item by item: one that can't be read does not keep the others back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from leadlight.adapters.lead_items import HISTORY, NURTURE, STATE, nurture_from_item, whole
from leadlight.nurture import NurtureState
from leadlight.ports import Conflict, Torn, Unavailable
from leadlight.releases import Placed
from leadlight.state import LeadState

Stored = Mapping[str, Any]
Again = Callable[[str], LeadState | None]


def placed(items: Iterable[Stored], *, again: Again) -> Iterator[Placed]:
    """States and enrollments at their places, in the items' order; a state that is gone meanwhile is left out.

    Args:
        items: as they are stored; a lead's history lies before its state.
        again: reads a lead's state once more, with its history, where the page holds none that goes with it.

    Raises:
        Unavailable: the table could not be reached.
    """
    history: Stored | None = None
    for item in items:
        if item["item"]["S"] == HISTORY:
            history = item
        elif (found := _placed(item, history, again)) is not None:
            yield found


def _placed(item: Stored, history: Stored | None, again: Again) -> Placed | None:
    lead_id, name = item["lead_id"]["S"], item["item"]["S"]
    if name == NURTURE:
        return _read(f"{lead_id}#{name}", lambda: nurture_from_item(item))
    return _read(f"{lead_id}#{name}", lambda: whole(item, history) or again(lead_id)) if name == STATE else None


def placed_at(place: str, get: Again) -> Placed | None:
    """One lead's state at its place, or why it can't be read; None where there is none. Raises Unavailable."""
    return _read(place, lambda: get(place.partition("#")[0]))


def _read(place: str, read: Callable[[], LeadState | NurtureState | None]) -> Placed | None:
    try:
        found = read()
    except Torn as error:
        return Placed(place, reason=_reason(error))
    except (Unavailable, Conflict):
        raise
    except Exception as error:  # noqa: BLE001 - one that can't be read must not stop the others
        return Placed(place, reason=_reason(error))
    if isinstance(found, NurtureState):
        return Placed(place, enrollments=found)
    return Placed(place, state=found) if found else None


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
