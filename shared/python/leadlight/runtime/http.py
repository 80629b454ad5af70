"""API Gateway's HTTP events (payload 2.0) as requests, and answers with RFC 9457 problem details."""

import base64
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from leadlight.ports import Unavailable
from leadlight.problems import Fault, NotFound, Problem, TryAgain
from leadlight.sources import WebhookRequest

PROBLEMS = "urn:leadlight:problem:"
MAX_BODY = 1_000_000
Answer = dict[str, Any]
RouteT = TypeVar("RouteT")
_LOG = logging.getLogger(__name__)


def answered(event: Mapping[str, Any], action: Callable[[], Answer]) -> Answer:
    """The action's answer, or the problem that kept it from one. Never a stack trace: the log has that."""
    named = {"correlation_id": correlation_id(event)}
    try:
        return action()
    except Problem as found:
        _LOG.info("refused", extra={"problem": found.slug, "field": found.field, **named})
        return problem(event, found, errors=found.errors)
    except Unavailable:
        _LOG.warning("unavailable", exc_info=True, extra=named)
        return problem(event, TryAgain("a table is throttling; send the same request again"))
    except Exception:  # noqa: BLE001 - the last line of defense
        _LOG.exception("fault", extra=named)
        return problem(event, Fault("send the same request again; tell the operator the correlation id"))


def route_of(event: Mapping[str, Any], routes: Mapping[str, RouteT]) -> RouteT:
    """What a request's route does; raises NotFound where there is none."""
    route = routes.get(event.get("routeKey", ""))
    if route is None:
        raise NotFound(f"no route {event.get('routeKey')}; the README lists them")
    return route


def request_of(event: Mapping[str, Any]) -> WebhookRequest:
    """The request as it was sent; the body is raw bytes again."""
    body = event.get("body") or ""
    context = event["requestContext"]
    query = event.get("rawQueryString") or ""
    url = f"https://{context.get('domainName', '')}{event.get('rawPath', '')}" + (f"?{query}" if query else "")
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    return WebhookRequest(context["http"]["method"], url, event.get("headers") or {}, raw)


def correlation_id(event: Mapping[str, Any]) -> str:
    """Names this request in the answer and in every log line."""
    return str(event.get("requestContext", {}).get("requestId", ""))


def answer(
    event: Mapping[str, Any], body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """A JSON answer that carries the correlation id."""
    return {
        "statusCode": status,
        "headers": {
            "content-type": "application/json",
            "x-correlation-id": correlation_id(event),
            "cache-control": "no-store",
            **(headers or {}),
        },
        "body": "" if body is None else msgspec.json.encode(body).decode(),
    }


def problem(event: Mapping[str, Any], found: Problem, *, errors: Sequence[Mapping[str, Any]] = ()) -> Answer:
    """Problem details: what is wrong with which field, and the fix."""
    document: dict[str, Any] = {
        "type": PROBLEMS + found.slug,
        "title": found.title,
        "status": found.status,
        "detail": found.detail,
        "correlation_id": correlation_id(event),
    }
    if found.field:
        document["field"] = found.field
    if len(errors) > 1:
        document["errors"] = errors
    headers = {"content-type": "application/problem+json"}
    if found.retry_after:
        headers["retry-after"] = str(found.retry_after)
    return answer(event, document, status=found.status, headers=headers)
