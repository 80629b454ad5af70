"""Activities as their tools tell them, and the requests that they come in."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from leadlight.activity import Identity
from tests.simulation.memory_secrets import SECRET


@dataclass(slots=True)
class Sent:
    """One activity as a tool tells it, first at `told_at`; `versions` holds each content that was ever sent under its id."""

    id: str
    source: str
    type: str
    identities: tuple[Identity, ...]
    occurred_at: datetime | None
    versions: list[dict[str, Any]] = field(default_factory=list)
    told_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Request:
    """A request that its client repeats until it is answered for good. `good` of its events are in order."""

    route: str
    headers: Mapping[str, str]
    body: bytes
    sent: list[tuple[Sent, int]]
    received: int
    status: int = 202
    backfill: bool = False
    repeated: bool = False


def email_of(lead: int) -> str:
    return f"lead{lead}@acme{lead}.example"


def names(lead: int) -> tuple[Identity, Identity, Identity]:
    """What tools call a lead, strongest first."""
    return Identity("email", email_of(lead)), Identity("user", f"u{lead}"), Identity("anonymous", f"anon{lead}")


def http_event(request: Request, number: int) -> dict[str, Any]:
    """The request as API Gateway hands it over."""
    webhook = request.route != "activities"
    path = f"/v1/webhooks/{request.route}" if webhook else "/v1/activities"
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": request.headers,
        "requestContext": {
            "http": {"method": "POST"},
            "domainName": "api.example",
            "requestId": str(number),
        },
        "body": request.body.decode(),
        "isBase64Encoded": False,
    }
    if request.backfill:
        event |= {"rawQueryString": "backfill=true", "queryStringParameters": {"backfill": "true"}}
    if webhook:
        event["pathParameters"] = {"source": request.route}
    if number % 5 == 0:
        event["body"] = base64.b64encode(request.body).decode()
        event["isBase64Encoded"] = True
    return event


def segment(pairs: list[tuple[Sent, int]], *, bad: bool) -> Request:
    calls = [_call(sent, version) for sent, version in pairs]
    if bad:
        calls.append({"type": "track", "event": "Demo Requested", "userId": email_of(0)})  # no messageId
    body = msgspec.json.encode(calls[0] if len(calls) == 1 else calls)
    signature = hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
    headers = {"X-Signature": signature, "content-type": "application/json"}
    return Request("segment", headers, body, pairs, len(calls))


def _call(sent: Sent, version: int) -> dict[str, Any]:
    content = sent.versions[version]
    call: dict[str, Any] = {"messageId": sent.id, **content}
    for kind, value in sent.identities:
        if kind == "email":
            call["context"] = {"traits": {"email": value}}
        else:
            call["userId" if kind == "user" else "anonymousId"] = value
    if sent.occurred_at:
        call["timestamp"] = sent.occurred_at.isoformat()
    match sent.type:
        case "page_viewed":
            call["type"] = "page"
        case "lead_identified":
            call["type"] = "identify"
        case _:
            call |= {"type": "track", "event": sent.type.replace("_", " ").title()}
    return call


def cloudevents(pairs: list[tuple[Sent, int]], *, bad: bool, webhook: bool) -> Request:
    events = [_event(sent, version) for sent, version in pairs]
    if bad:
        events.append({"specversion": "1.0", "id": "bad", "source": "crm", "type": "demo_requested"})
    single = len(events) == 1
    body = msgspec.json.encode(events[0] if single else events)
    kind = "application/cloudevents+json" if single else "application/cloudevents-batch+json"
    headers = {"content-type": kind}
    if webhook:
        headers["authorization"] = f"Bearer {SECRET}"
    return Request("cloudevents" if webhook else "activities", headers, body, pairs, len(events))


def _event(sent: Sent, version: int) -> dict[str, Any]:
    fields = {"email": "email", "user": "user_id", "anonymous": "anonymous_id"}
    lead: dict[str, Any] = {}
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": sent.id,
        "source": sent.source,
        "type": sent.type,
        "data": {"lead": lead, **sent.versions[version]},
    }
    for kind, value in sent.identities:
        if fields[kind] in lead:
            event["subject"] = value
        else:
            lead[fields[kind]] = value.upper() if kind == "email" else value
    if sent.occurred_at:
        event["time"] = sent.occurred_at.isoformat()
    return event
