"""Ingest: verify, translate, put. A 2xx means that what was sent is durable."""

import difflib
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from leadlight import sources
from leadlight.activity import Activity, Fact, Kind, facts_of
from leadlight.activity.fact import RESERVED_TYPES
from leadlight.failed import FAILED, FailedEvent
from leadlight.guard.rules import lean
from leadlight.ports import Ports
from leadlight.problems import (
    BodyTooLarge,
    MalformedEvent,
    Problem,
    UnknownSource,
    UnknownType,
)
from leadlight.runtime.http import MAX_BODY, Answer, answer, answered, correlation_id, problem, request_of
from leadlight.sources import SOURCES, WebhookRequest

_TOLD = 10  # problems that a failed event's reason names
_OWN = "cloudevents"  # the format of /v1/activities
_LOG = logging.getLogger(__name__)


class Receipt(msgspec.Struct):
    """What became of a request: received = recorded + refused + failed (each event is one of them)."""

    facts: list[Fact] = []
    received: int = 0
    recorded: int = 0
    set_aside: int = 0
    problems: list[tuple[int, Problem]] = []

    @property
    def reason(self) -> str:
        """Why events were not recorded: `place: problem: detail` of the first ones."""
        told = [f"{index}: {found.slug}: {found.detail}" for index, found in self.problems[:_TOLD]]
        more = len(self.problems) - len(told)
        return "; ".join([*told, f"and {more} more"] if more else told)

    def errors(self) -> list[dict[str, Any]]:
        """The events that were not recorded, by their place in the request."""
        return [
            {"index": index, "field": found.field, "detail": found.detail, "type": found.slug}
            for index, found in self.problems
        ]


def handle(event: Mapping[str, Any], ports: Ports) -> Answer:
    """Answers one request of the HTTP API."""
    return answered(event, lambda: _answer(event, ports))


def _answer(event: Mapping[str, Any], ports: Ports) -> Answer:
    request = request_of(event)
    if len(request.body) > MAX_BODY:
        found = f"the body has {len(request.body)} bytes, the limit is {MAX_BODY}"
        raise BodyTooLarge(f"{found}: send smaller batches", field="body")
    source = (event.get("pathParameters") or {}).get("source")
    return _webhook(event, source, request, ports) if source else _activities(event, request, ports)


def _webhook(event: Mapping[str, Any], source: str, request: WebhookRequest, ports: Ports) -> Answer:
    if source not in SOURCES:
        raise UnknownSource(f"{source!r} is none of {', '.join(sorted(SOURCES))}", field="source")
    if request.method == "OPTIONS":
        return _handshake(event, request)
    if request.method == "HEAD":
        return answer(event, None)
    sources.verify(source, request, secret=ports.secrets.of(source), now=ports.now())
    try:
        receipt = read(source, request, ports, received_at=ports.now())
    except MalformedEvent as found:
        receipt = Receipt(received=1, problems=[(0, found)])
    if receipt.problems:
        # The vendor can't mend what it signed: keep it for a replay, and do not make it send again.
        raw = SOURCES[source].kept(request)
        ports.failed.keep(FailedEvent(source, receipt.reason, ports.now(), raw))
        _LOG.warning(FAILED, extra={"source": source, "events": len(receipt.problems)})
    ports.facts.put(receipt.facts)
    return _received(event, receipt, failed=len(receipt.problems))


def _activities(event: Mapping[str, Any], request: WebhookRequest, ports: Ports) -> Answer:
    query = event.get("queryStringParameters") or {}
    receipt = read(_OWN, request, ports, received_at=ports.now(), backfill=query.get("backfill") == "true", strict=True)
    if receipt.problems and not receipt.recorded:
        return problem(event, receipt.problems[0][1], errors=receipt.errors())
    ports.facts.put(receipt.facts)
    return _received(event, receipt, refused=receipt.errors())


def read(  # noqa: PLR0913 - what a request is, then how it is taken
    source: str,
    request: WebhookRequest,
    ports: Ports,
    *,
    received_at: datetime,
    backfill: bool = False,
    strict: bool = False,
) -> Receipt:
    """Understands each event on its own: one that can't be understood does not keep the others back.

    Args:
        source: whose format it is.
        request: what was sent; verified already.
        ports: the world.
        received_at: when it came first: the time of facts without one, which may be 24 hours ahead of it.
        backfill: nothing is announced for it.
        strict: an activity type that no signal reads is a problem.

    Raises:
        MalformedEvent: the request as a whole can't be understood.
    """
    receipt = Receipt()
    vendor = SOURCES[source]
    for index, raw in enumerate(vendor.events(request)):
        receipt.received += 1
        try:
            activity = sources.checked(vendor.activity(raw), now=received_at)
            known = activity.type in RESERVED_TYPES or ports.documents.catalogue.knows(activity.type)
            if not strict and RESERVED_TYPES.get(activity.type) is Kind.IDENTITY:
                raise UnknownType(f"{activity.type} is a team's word: only POST /v1/activities takes it", field="type")
            if strict and not known:
                raise _unknown_type(activity, ports)
        except MalformedEvent as found:
            receipt.problems.append((index, found))
            continue
        receipt.facts += facts_of(
            lean(activity, ports.documents.catalogue.guard),
            received_at=received_at,
            backfill=backfill,
            fold_tags=ports.fold_plus_tags,
            free_mail=ports.documents.free_mail,
        )
        receipt.recorded += 1
        receipt.set_aside += not known
    return receipt


def _unknown_type(activity: Activity, ports: Ports) -> UnknownType:
    known = sorted({*ports.documents.catalogue.activity_types, *RESERVED_TYPES})
    near = difflib.get_close_matches(activity.type, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known types: {', '.join(known)}"
    return UnknownType(f"no signal reads activities of type {activity.type!r}: {hint}", field="type")


def _received(
    event: Mapping[str, Any],
    receipt: Receipt,
    *,
    failed: int = 0,
    refused: list[dict[str, Any]] | None = None,
) -> Answer:
    counts = {
        "received": receipt.received,
        "recorded": receipt.recorded,
        "set_aside": receipt.set_aside,
        "failed": failed,
        "refused": len(refused or ()),
    }
    _LOG.info("received", extra={**counts, "correlation_id": correlation_id(event)})
    return answer(event, {**counts, "refused": refused or []}, status=202)


def _handshake(event: Mapping[str, Any], request: WebhookRequest) -> Answer:
    """CloudEvents' abuse protection: a sender asks whether it may deliver here."""
    origin = request.header("WebHook-Request-Origin")
    headers = {"allow": "POST"}
    if origin:
        headers["webhook-allowed-origin"] = origin
        headers["webhook-allowed-rate"] = request.header("WebHook-Request-Rate") or "*"
    return answer(event, None, headers=headers)
