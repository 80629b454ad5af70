"""Requests as marketing tools and people's own code send them."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.http_client import Response
from infra.local.session import LocalStack

BATCH = "application/cloudevents-batch+json"
STRUCTURED = "application/cloudevents+json"
JSON = "application/json"


def ago(**back: float) -> str:
    """A moment before now, as RFC 3339."""
    return (datetime.now(UTC) - timedelta(**back)).isoformat()


def segment(stack: LocalStack, call: Any, *, secret: str | None = None, body: bytes | None = None) -> Response:
    """A Segment webhook; `body` replaces the signed body by another."""
    raw = json.dumps(call).encode()
    key = (secret or stack.secrets["segment"]).encode()
    headers = {"content-type": JSON, "x-signature": hmac.new(key, raw, hashlib.sha1).hexdigest()}
    return stack.http.request("POST", "/v1/webhooks/segment", body=body or raw, headers=headers, signed=False)


def track(event: str, *, email: str, name: str, back: timedelta = timedelta(minutes=1), **more: Any) -> dict[str, Any]:
    """A Segment track call."""
    return {
        "type": "track",
        "event": event,
        "messageId": name,
        "timestamp": (datetime.now(UTC) - back).isoformat(),
        "context": {"traits": {"email": email}},
        **more,
    }


def cloudevent(activity_type: str, *, email: str, name: str, **more: Any) -> dict[str, Any]:
    """A CloudEvent."""
    return {
        "specversion": "1.0",
        "id": name,
        "source": "e2e",
        "type": activity_type,
        "time": ago(minutes=1),
        "subject": email,
        **more,
    }


def activities(stack: LocalStack, events: Any, *, path: str = "/v1/activities", signed: bool = True) -> Response:
    """Native CloudEvents: one, or a batch."""
    headers = {"content-type": BATCH if isinstance(events, list) else STRUCTURED}
    return stack.http.request("POST", path, body=json.dumps(events).encode(), headers=headers, signed=signed)
