"""Every event of the stack's bus, as the bus delivers it, with the time of its arrival."""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.aws import ACCOUNT, Clients
from infra.local.deliveries import make_queue

RULE = "local-capture"


@dataclass(frozen=True, kw_only=True)
class CapturedEvent:
    """An event as consumers see it."""

    event_id: str
    source: str
    detail_type: str
    detail: dict[str, Any]
    arrived_at: datetime


class Capture:
    """Subscribes to all events of a bus; collecting is on demand and may be done from several threads."""

    def __init__(self, clients: Clients, bus: str) -> None:
        self._clients = clients
        self._queue, arn = make_queue(clients, "local-capture")
        self._events: list[CapturedEvent] = []
        self._lock = threading.Lock()
        pattern = json.dumps({"account": [ACCOUNT]})
        clients("events").put_rule(Name=RULE, EventBusName=bus, EventPattern=pattern, State="ENABLED")
        clients("events").put_targets(Rule=RULE, EventBusName=bus, Targets=[{"Id": "capture", "Arn": arn}])

    def events(self) -> list[CapturedEvent]:
        """All events so far, by arrival."""
        with self._lock:
            while messages := self._received():
                self._events += [_captured(message) for message in messages]
                self._delete(messages)
            self._events.sort(key=lambda event: event.arrived_at)
            return list(self._events)

    def clear(self) -> None:
        """Forget the events so far."""
        self.events()
        with self._lock:
            self._events.clear()

    def _received(self) -> list[dict[str, Any]]:
        answer = self._clients("sqs").receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10, AttributeNames=["SentTimestamp"]
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        entries = [{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(messages)]
        self._clients("sqs").delete_message_batch(QueueUrl=self._queue, Entries=entries)


def _captured(message: dict[str, Any]) -> CapturedEvent:
    event = json.loads(message["Body"])
    sent = int(message["Attributes"]["SentTimestamp"]) / 1000
    return CapturedEvent(
        event_id=event["id"],
        source=event["source"],
        detail_type=event["detail-type"],
        detail=event["detail"],
        arrived_at=datetime.fromtimestamp(sent, UTC),
    )
