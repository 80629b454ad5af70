"""Events out: what EventBridge carries. Consumers order them by the lead's seq, since EventBridge does not."""

from leadlight.events.event import DETAIL_TYPES, SOURCE, Event, event_of

__all__ = ["DETAIL_TYPES", "SOURCE", "Event", "event_of"]
