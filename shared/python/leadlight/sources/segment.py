"""Segment: `X-Signature` is the hex HMAC-SHA1 of the body. In a batch Segment signs the first event only.

Source: Segment's webhook destination and its spec of track, identify, page, screen, group and alias.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from leadlight.activity import Activity, Identity, Kind
from leadlight.activity.fact import RESERVED_TYPES
from leadlight.activity.identity import ANONYMOUS, GROUP, USER, domain, email
from leadlight.problems import InvalidSignature, MalformedEvent, NotJson, UnknownType
from leadlight.sources.reading import json_body, kind_of, mapping, moment, optional_text, scalars, slug, text
from leadlight.sources.request import WebhookRequest
from leadlight.sources.traits import canonical, of_company

HEADER = "X-Signature"


def verify(request: WebhookRequest, *, secret: str, now: datetime) -> None:  # noqa: ARG001 - no replay window
    """Checks the signature in constant time. Segment sends no timestamp, so there is no replay window.

    Raises:
        InvalidSignature: the signature is absent or of another body or secret.
    """
    given = request.header(HEADER).strip().lower().encode()
    if not any(hmac.compare_digest(given, _digest(secret, signed)) for signed in _signed(request.body)):
        raise InvalidSignature(
            f"{HEADER} must be the hex HMAC-SHA1 of the raw body; check the shared secret of the source",
            field=HEADER,
        )


def events(request: WebhookRequest) -> list[Any]:
    """The calls of a request, each still to be understood.

    Raises:
        MalformedEvent: the body is neither a call nor a batch of calls.
    """
    body = json_body(request.body)
    calls = body.get("batch", [body]) if isinstance(body, dict) else body
    if not isinstance(calls, list):
        raise MalformedEvent(f"body must be a call or an array of calls, found {kind_of(calls)}", field="body")
    return calls


def activity(event: Any) -> Activity:
    """One call as an activity; `identify`, `group` and `alias` state traits and identities only.

    Raises:
        MalformedEvent: a call that the Segment spec does not allow.
    """
    call = mapping(event, "call")
    kind = text(call.get("type"), "type")
    if kind not in _READERS:
        raise UnknownType(f"type must be one of {', '.join(_READERS)}, found {kind!r}", field="type")
    activity_type, properties = _READERS[kind](call)
    company = _company(call) if kind == "group" else ()
    return Activity(
        source="segment",
        id=text(call.get("messageId"), "messageId"),
        type=activity_type,
        occurred_at=moment(call.get("timestamp"), "timestamp"),
        identities=tuple(dict.fromkeys(_identities(call))),
        traits=_traits(call) if kind == "identify" else {},
        properties=properties,
        account=company,
        account_traits=of_company(_plain(call)) if company else {},
        user_agent=str(mapping(call.get("context"), "context").get("userAgent") or ""),
    )


def _signed(body: bytes) -> Iterator[bytes]:
    yield body
    if body[:1] == b"[":
        # The whole batch counts as signed by its first event: Segment offers nothing better.
        try:
            first = json_body(body)[:1]
        except NotJson:
            return  # nobody's yet: what is wrong with it is told to the vendor only
        yield from (json.dumps(call, separators=(",", ":"), ensure_ascii=False).encode() for call in first)


def _digest(secret: str, signed: bytes) -> bytes:
    return hmac.new(secret.encode(), signed, hashlib.sha1).hexdigest().encode()


def _identities(call: Mapping[str, Any]) -> Iterator[Identity]:
    context = mapping(mapping(call.get("context"), "context").get("traits"), "context.traits")
    own = mapping(call.get("traits"), "traits") if call.get("type") == "identify" else {}
    address = email(str(own.get("email") or context.get("email") or call.get("email") or ""))
    if address:
        yield address
    if user := optional_text(call.get("userId"), "userId"):
        yield email(user) or Identity(USER, user)
    if anonymous := optional_text(call.get("anonymousId"), "anonymousId"):
        yield Identity(ANONYMOUS, anonymous)
    if call.get("type") == "alias":
        yield from _previous(text(call.get("previousId"), "previousId"))


def _previous(name: str) -> Iterator[Identity]:
    """What an alias says that the user was called before: Segment takes an anonymous id or a user id there."""
    if address := email(name):
        yield address
    else:
        yield from (Identity(USER, name), Identity(ANONYMOUS, name))


def _company(call: Mapping[str, Any]) -> tuple[Identity, ...]:
    """Whom a group call is about: the group, and its domain where the traits tell it."""
    plain = _plain(call)
    told = (plain.get(name) for name in ("domain", "website", "url", "email"))
    named = next(filter(None, (domain(str(value)) for value in told if value)), None)
    group = Identity(GROUP, text(call.get("groupId"), "groupId"))
    return (group, named) if named else (group,)


def _traits(call: Mapping[str, Any]) -> dict[str, Any]:
    found = _plain(call)
    found.pop("email", None)
    return canonical(found)


def _plain(call: Mapping[str, Any]) -> dict[str, Any]:
    return scalars(mapping(call.get("traits"), "traits"), "traits")


def _track(call: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    name = slug(text(call.get("event"), "event"))
    if RESERVED_TYPES.get(name) in (Kind.SALES, Kind.IDENTITY):
        # A write key that sits in a browser is anybody's.
        raise UnknownType(f"{name} is a team's word: send it to POST /v1/activities", field="event")
    return name, scalars(mapping(call.get("properties"), "properties"), "properties")


def _page(call: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    page = mapping(mapping(call.get("context"), "context").get("page"), "context.page")
    properties = {**page, **mapping(call.get("properties"), "properties")}
    if name := optional_text(call.get("name"), "name"):
        properties.setdefault("name", name)
    if not properties.get("path") and (url := optional_text(properties.get("url"), "properties.url")):
        properties["path"] = _path(url)
    return "page_viewed", scalars(properties, "properties")


def _path(url: str) -> str:
    try:
        return urlsplit(url).path or "/"
    except ValueError as error:
        raise MalformedEvent(f"properties.url is no URL: {error}", field="properties.url") from error


def _identified(_call: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "lead_identified", {}


_READERS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]] = {
    "track": _track,
    "identify": _identified,
    "page": _page,
    "screen": _page,
    "group": _identified,
    "alias": _identified,
}
