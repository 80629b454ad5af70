from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from leadlight.activity import is_account
from leadlight.events import Event
from leadlight.events.event import ROLLUP_REQUESTED
from leadlight.kpi import kpis
from leadlight.lifecycle.transitions import STAGE_NAMES
from leadlight.ports import Ports
from leadlight.problems import MalformedEvent, NotFound
from leadlight.runtime.api import models
from leadlight.runtime.api.accounts import account_state, account_view, accounts_page
from leadlight.runtime.api.leads import lead_view, summary
from leadlight.runtime.api.links import links_view, merged_view, survivor
from leadlight.runtime.api.outlook import days_asked, outlook
from leadlight.runtime.api.ranking import ranking
from leadlight.runtime.api.spend import record_spend
from leadlight.runtime.api.stored import stored_view
from leadlight.runtime.http import Answer, answer, answered, route_of
from leadlight.runtime.query import limit_of, query_of
from leadlight.state import LeadState

MOST = 200
_USUAL = 50
_WORKING = tuple(stage for stage in STAGE_NAMES if stage not in ("customer", "churned", "disqualified"))


def handle(event: Mapping[str, Any], ports: Ports) -> Answer:
    """Answers one request of the HTTP API."""
    return answered(event, lambda: _answer(event, ports))


def _answer(event: Mapping[str, Any], ports: Ports) -> Answer:
    status, body = route_of(event, ROUTES)(event, ports)
    return answer(event, body, status=status)


def _health(_event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    documents = ports.documents
    told = {"status": "ok", "model": documents.model.name, "catalogue": documents.catalogue.version}
    return 200, {**told, "fold_plus_tags": ports.fold_plus_tags}


def _lead(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    lead_id = event["pathParameters"]["lead_id"]
    days = days_asked((event.get("queryStringParameters") or {}).get("days"))
    state = _known(survivor(lead_id, ports), lead_id)
    merged = merged_view(state.lead_id, ports) if state.kin.members else []
    return 200, {**lead_view(state, ports), **outlook(state, ports, days=days), "merged": merged}


def _links(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    lead_id = event["pathParameters"]["lead_id"]
    _known(survivor(lead_id, ports), lead_id)
    return 200, links_view(lead_id, ports)


def _stored(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    lead_id = event["pathParameters"]["lead_id"]
    state = ports.leads.get(lead_id, consistent=True)
    if state is None:
        raise NotFound(f"no lead {lead_id}: it never did anything, or was erased", field="lead_id")
    return 200, stored_view(state)


def _known(state: LeadState | None, lead_id: str) -> LeadState:
    if state is None or state.totals is None or is_account(lead_id):
        raise NotFound(f"no lead {lead_id}: it never did anything, or was erased", field="lead_id")
    return state


def _leads(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    query = query_of(event)
    stage = query.get("stage")
    if stage and stage not in STAGE_NAMES:
        raise MalformedEvent(f"stage must be one of {', '.join(STAGE_NAMES)}, found {stage!r}", field="stage")
    limit = limit_of(query.get("limit"), default=_USUAL, most=MOST)
    stages = (stage,) if stage else _WORKING
    page, following = ranking(ports, stages=stages, limit=limit, token=query.get("next"))
    return 200, {"leads": [summary(row.state, row.score) for row in page], "next": following}


def _accounts(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    query = query_of(event)
    return 200, accounts_page(ports, limit=query.get("limit"), token=query.get("next"))


def _account(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    account_id = event["pathParameters"]["account_id"]
    state = account_state(account_id, ports) if is_account(account_id) else None
    if state is None:
        raise NotFound(
            f"no account {account_id}: no lead belongs to it, and nothing is known of it", field="account_id"
        )
    return 200, account_view(state, ports)


def _kpis(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    query = query_of(event)
    days, as_of = ports.records.measures()
    first, last = (_day(query.get(name), name, default) for name, default in (("from", date.min), ("to", date.max)))
    if first > last:
        raise MalformedEvent(f"to must not be before from, found {first} to {last}", field="to")
    found = kpis(days, as_of=ports.now().date(), first=first, last=last, model=ports.documents.model.name)
    return 200, {"as_of": as_of.isoformat() if as_of else None, "kpis": found}


def _day(value: str | None, field: str, default: date) -> date:
    try:
        return date.fromisoformat(value) if value else default
    except ValueError as error:
        raise MalformedEvent(f"{field} must be a day such as 2026-11-21, found {value!r}", field=field) from error


def _request_rollup(_event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    requested = ports.now().isoformat()
    ports.bus.put([Event(ROLLUP_REQUESTED, "{}")])
    return 202, {"requested_at": requested}


def _spend(event: Mapping[str, Any], ports: Ports) -> tuple[int, Any]:
    return 202, record_spend(event, ports)


ROUTES: Mapping[str, Callable[[Mapping[str, Any], Ports], tuple[int, Any]]] = {
    "GET /v1/health": _health,
    "GET /v1/leads": _leads,
    "GET /v1/leads/{lead_id}": _lead,
    "GET /v1/leads/{lead_id}/links": _links,
    "GET /v1/leads/{lead_id}/state": _stored,
    "GET /v1/accounts": _accounts,
    "GET /v1/accounts/{account_id}": _account,
    "GET /v1/kpis": _kpis,
    "POST /v1/kpis/rollups": _request_rollup,
    "POST /v1/spend": _spend,
    **models.ROUTES,
}
