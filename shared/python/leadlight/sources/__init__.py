"""Webhooks in: verified on the raw bytes, then translated into activities.

A source is a module with `verify`, `events` and `activity`, and with `kept` where headers tell what the body means;
its name is the last part of its URL.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leadlight.activity import Activity, Kind
from leadlight.activity.fact import OF_TWO, REQUIRED_PROPERTIES, RESERVED_TYPES
from leadlight.guard.saying import about_of
from leadlight.problems import (
    FutureTime,
    InvalidSignature,
    MalformedEvent,
    MissingIdentity,
    Problem,
    UnknownSource,
)
from leadlight.sources import cloudevents, segment
from leadlight.sources.reading import amount
from leadlight.sources.request import WebhookRequest

__all__ = [
    "SOURCES",
    "InvalidSignature",
    "MalformedEvent",
    "Problem",
    "UnknownSource",
    "WebhookRequest",
    "checked",
    "receive",
    "verify",
]

MAX_AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Source:
    """How one vendor's webhooks are verified and translated.

    `kept`: the request as bytes that `events` can read later without its headers; mostly the body.
    """

    verify: Callable[..., None]
    events: Callable[[WebhookRequest], list[Any]]
    activity: Callable[[Any], Activity]
    kept: Callable[[WebhookRequest], bytes]


def _body(request: WebhookRequest) -> bytes:
    return request.body


SOURCES: Mapping[str, Source] = {
    module.__name__.rpartition(".")[2]: Source(
        module.verify, module.events, module.activity, getattr(module, "kept", _body)
    )
    for module in (cloudevents, segment)
}


def receive(source: str, request: WebhookRequest, *, secret: str, now: datetime) -> list[Activity]:
    """The activities that a vendor's webhook states.

    Args:
        source: the vendor's name, as in the URL.
        request: the request as it came; the signature is checked on its raw body.
        secret: what the vendor shows the user.
        now: the moment of receipt, UTC.

    Raises:
        UnknownSource: no vendor of this name.
        InvalidSignature: the vendor did not send this body.
        MalformedEvent: the vendor did, and it can't be understood.
    """
    verify(source, request, secret=secret, now=now)
    vendor = SOURCES[source]
    return [checked(vendor.activity(event), now=now) for event in vendor.events(request)]


def verify(source: str, request: WebhookRequest, *, secret: str, now: datetime) -> None:
    """Checks that the vendor sent the request.

    Raises:
        UnknownSource: no vendor of this name.
        InvalidSignature: the vendor did not send this body.
    """
    if source not in SOURCES:
        raise UnknownSource(f"{source!r} is none of {', '.join(sorted(SOURCES))}", field="source")
    if not secret:
        raise InvalidSignature(f"the source {source} has no secret yet: set it before you send", field="secret")
    SOURCES[source].verify(request, secret=secret, now=now)


def checked(activity: Activity, *, now: datetime) -> Activity:
    """The activity, where it can be stored: it names a lead, is not of the future, and says what its type needs.

    Raises:
        MissingIdentity: it names no lead.
        FutureTime: it occurred more than 24 hours after `now`.
        MalformedEvent: a property that its type needs is absent or of the wrong kind.
    """
    if not activity.identities and not (activity.account and activity.type == "account_identified"):
        raise MissingIdentity("send a user id, an anonymous id or an email", field="userId")
    if activity.type in OF_TWO and len(activity.identities) != 2:  # noqa: PLR2004 - it says so
        raise MalformedEvent(f"{activity.type} names exactly two identities", field="data.lead")
    if RESERVED_TYPES.get(activity.type) is Kind.IDENTITY and (activity.traits or activity.account):
        raise MalformedEvent(f"{activity.type} says nothing but whose identities these are", field="data.traits")
    if activity.occurred_at and activity.occurred_at > now + MAX_AHEAD:
        raise FutureTime(
            f"the time {activity.occurred_at.isoformat()} is more than 24 hours ahead; send UTC and check the "
            "sender's clock",
            field="time",
        )
    for name in REQUIRED_PROPERTIES.get(activity.type, ()):
        if activity.properties.get(name) in (None, ""):
            raise MalformedEvent(f"{activity.type} needs the property {name}", field=f"properties.{name}")
    _check_values(activity)
    return activity


def _check_values(activity: Activity) -> None:
    if RESERVED_TYPES.get(activity.type) is Kind.VERDICT:
        try:
            about_of(activity.properties)
        except ValueError as error:
            raise MalformedEvent(f"about: {error}", field="properties.about") from error
    if RESERVED_TYPES.get(activity.type) is Kind.DEAL:
        amount(activity.properties.get("amount", 0), "properties.amount")
