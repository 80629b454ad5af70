import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from leadlight.activity import Identity
from leadlight.activity.identity import EMAIL, email
from leadlight.ports import Ports
from leadlight.problems import MalformedEvent
from leadlight.runtime.erase.export import export
from leadlight.runtime.erase.forget import forget, view
from leadlight.runtime.http import Answer, answer, answered, correlation_id, request_of, route_of
from leadlight.runtime.query import query_of

MOST_NAMED = 16
_LOG = logging.getLogger(__name__)


class _Named(msgspec.Struct, frozen=True):
    identities: list[str] = []


def handle(event: Mapping[str, Any], ports: Ports) -> Answer:
    """Answers one request of the HTTP API."""
    return answered(event, lambda: _answer(event, ports))


def _answer(event: Mapping[str, Any], ports: Ports) -> Answer:
    return answer(event, route_of(event, ROUTES)(event, ports))


def _forget(event: Mapping[str, Any], ports: Ports) -> Any:
    found = forget(_lead_id(event), ports, also=_named(event), cursor=_cursor(event))
    told = view(found)
    _LOG.info("forgot", extra={**told["removed"], "done": told["done"], "correlation_id": correlation_id(event)})
    return told


def _export(event: Mapping[str, Any], ports: Ports) -> Any:
    given = query_of(event).get("identity", "")
    found = export(_lead_id(event), ports, also=_identities([given] if given else []), cursor=_cursor(event))
    _LOG.info("exported", extra={"last": found["next"] is None, "correlation_id": correlation_id(event)})
    return found


def _lead_id(event: Mapping[str, Any]) -> str:
    lead_id = str(event["pathParameters"]["lead_id"])
    if not lead_id.startswith("ld_"):
        raise MalformedEvent("lead_id must be a lead's id, which starts with ld_", field="lead_id")
    return lead_id


def _cursor(event: Mapping[str, Any]) -> str:
    return query_of(event).get("next", "")


def _named(event: Mapping[str, Any]) -> list[Identity]:
    """Identities that the person is also known by: `{"identities": ["email:ada@example.com"]}`, or no body."""
    body = request_of(event).body
    try:
        named = msgspec.json.decode(body, type=_Named) if body else _Named()
    except ValueError as error:
        raise MalformedEvent(f'send {{"identities": ["kind:value"]}} or no body: {error}', field="body") from error
    return _identities(named.identities)


def _identities(given: list[str]) -> list[Identity]:
    if len(given) > MOST_NAMED:
        raise MalformedEvent(f"name at most {MOST_NAMED} identities, found {len(given)}", field="identities")
    pairs = [name.partition(":") for name in given]
    if not all(kind and value for kind, _, value in pairs):
        raise MalformedEvent("an identity is kind:value, such as email:ada@example.com", field="identities")
    return [(email(value) if kind == EMAIL else None) or Identity(kind, value) for kind, _, value in pairs]


ROUTES: Mapping[str, Callable[[Mapping[str, Any], Ports], Any]] = {
    "POST /v1/leads/{lead_id}/forget": _forget,
    "GET /v1/leads/{lead_id}/export": _export,
}
