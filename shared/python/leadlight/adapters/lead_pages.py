"""A page of the leads table, item by item: one that can't be read does not keep the others back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from leadlight.adapters.lead_items import HISTORY, NURTURE, STATE, nurture_from_item, whole
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
    place = f"{lead_id}#{name}"
    try:
        if name == NURTURE:
            return Placed(place, enrollments=nurture_from_item(item))
        state = (whole(item, history) or again(lead_id)) if name == STATE else None
    except Torn as error:
        return Placed(place, reason=_reason(error))
    except (Unavailable, Conflict):
        raise
    except Exception as error:  # noqa: BLE001 - one that can't be read must not stop the others
        return Placed(place, reason=_reason(error))
    return Placed(place, state=state) if state else None


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
