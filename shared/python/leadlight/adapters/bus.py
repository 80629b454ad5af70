from collections import deque
from collections.abc import Sequence

from leadlight.adapters.clients import call, client
from leadlight.events import SOURCE, Event
from leadlight.ports import Unavailable

_ENTRIES = 10
_ROUNDS = 4
_REMEMBERED = 1_000


class EventBridgeBus:
    """The stack's event bus.

    It remembers what it put last: an outbox that grew before it was emptied comes again with its older decisions,
    and consumers need not see those twice. After a restart they may: EventBridge is at-least-once.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._client = client("events")
        self._put: deque[str] = deque(maxlen=_REMEMBERED)

    def put(self, events: Sequence[Event]) -> None:
        """Puts events ten at a time. PutEvents answers 200 with failed entries: those go again."""
        news = [event for event in events if not event.id or event.id not in self._put]
        for start in range(0, len(news), _ENTRIES):
            left = list(news[start : start + _ENTRIES])
            for _ in range(_ROUNDS):
                batch = left
                answer = call(self._client.put_events, Entries=[self._entry(event) for event in batch])
                results = zip(batch, answer["Entries"], strict=True)
                left = [event for event, result in results if "ErrorCode" in result]
                self._put.extend(event.id for event in batch if event.id and event not in left)
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
