from collections.abc import Sequence

from leadlight.adapters.clients import call, client
from leadlight.events import SOURCE, Event
from leadlight.ports import Unavailable

_ENTRIES = 10
_ROUNDS = 4


class EventBridgeBus:
    """The stack's event bus."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._client = client("events")

    def put(self, events: Sequence[Event]) -> None:
        """Puts events ten at a time. PutEvents answers 200 with failed entries: those go again."""
        for start in range(0, len(events), _ENTRIES):
            left = list(events[start : start + _ENTRIES])
            for _ in range(_ROUNDS):
                answer = call(self._client.put_events, Entries=[self._entry(event) for event in left])
                results = zip(left, answer["Entries"], strict=True)
                left = [event for event, result in results if "ErrorCode" in result]
                if not left:
                    break
            else:
                raise Unavailable(f"the bus refused {len(left)} of {len(events)} events")

    def _entry(self, event: Event) -> dict[str, str]:
        return {
            "Source": SOURCE,
            "DetailType": event.detail_type,
            "Detail": event.detail,
            "EventBusName": self._name,
        }
