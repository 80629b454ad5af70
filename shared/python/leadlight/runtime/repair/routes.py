import base64
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from leadlight.failed import Kept
from leadlight.ports import Conflict, Ports
from leadlight.problems import MalformedEvent, NotFound, TryAgain
from leadlight.runtime.http import Answer, answer, answered, correlation_id, route_of
from leadlight.runtime.query import limit_of, number_of, query_of
from leadlight.runtime.repair import audit, waiting
from leadlight.runtime.repair.rebuild import rebuild
from leadlight.runtime.repair.redrive import redrive, view
from leadlight.runtime.repair.redrive import waiting as waiting_to_go_on
from leadlight.runtime.repair.replay import Replayed, replay, replay_all

MOST = 200
_USUAL = 50
MOST_PARTS = 10_000
_LEAD = re.compile(r"(ld|ac)_\w+")
_PLACE = re.compile(r"(ld|ac)_\w+#\w+")
_LOG = logging.getLogger(__name__)


def handle(event: Mapping[str, Any], ports: Ports) -> Answer:
    """Answers one request of the HTTP API."""
    return answered(event, lambda: _answer(event, ports))


def _answer(event: Mapping[str, Any], ports: Ports) -> Answer:
    try:
        return answer(event, route_of(event, ROUTES)(event, ports))
    except Conflict as error:
        raise TryAgain("others saved the same lead again and again; send the same request again") from error


def _list(event: Mapping[str, Any], ports: Ports) -> Any:
    query = query_of(event)
    found = waiting.page(
        waiting.wanted_of(query, now=ports.now()),
        ports,
        after=query.get("next", ""),
        limit=limit_of(query.get("limit"), default=_USUAL, most=MOST),
    )
    return {"failed_events": list(map(_kept_view, found.found)), "next": found.next or None}


def _show(event: Mapping[str, Any], ports: Ports) -> Any:
    kept, raw = _one(event, ports)
    try:
        body = {"body": raw.decode()}
    except UnicodeDecodeError:
        body = {"body_base64": base64.b64encode(raw).decode()}
    return {**_kept_view(kept), **body}


def _replay(event: Mapping[str, Any], ports: Ports) -> Any:
    kept, raw = _one(event, ports)
    done = replay(kept, raw, ports)
    _log(event, "replayed", {_became(done): 1})
    return _replayed_view(done)


def _replay_all(event: Mapping[str, Any], ports: Ports) -> Any:
    query = query_of(event)
    wanted = waiting.wanted_of({**query, "state": "waiting"}, now=ports.now())
    step = replay_all(wanted, ports, after=query.get("next", ""))
    counts = Counter({"replayed": 0, "failed": 0, "facts": sum(done.facts for done in step.replayed)})
    counts.update(map(_became, step.replayed))
    _log(event, "replayed", counts)
    again = [_replayed_view(done) for done in step.replayed if done.reason]
    return {"done": not step.next, "next": step.next or None, **counts, "failed_again": again}


def _redrive(event: Mapping[str, Any], ports: Ports) -> Any:
    told = view(redrive(ports, cursor=query_of(event).get("next", "")))
    _log(event, "redriven", {**told["redriven"], "done": told["done"]})
    return told


def _waiting(_event: Mapping[str, Any], ports: Ports) -> Any:
    return waiting_to_go_on(ports)


def _rebuild(event: Mapping[str, Any], ports: Ports) -> Any:
    told = rebuild(_lead_id(event["pathParameters"]), ports)
    _log(event, "rebuilt", {"differences": len(told["differences"])})
    return told


def _audit(event: Mapping[str, Any], ports: Ports) -> Any:
    query = query_of(event)
    if query.get("lead_id"):
        return audit.audit_lead(_lead_id(query), ports)
    parts = number_of(query.get("parts", "1"), field="parts", most=MOST_PARTS)
    part = number_of(query.get("part", "0"), field="part", most=parts - 1, least=0)
    limit = limit_of(query.get("limit"), default=audit.LEADS, most=MOST)
    share, cursor = f"{part}/{parts}:", query.get("next", "")
    if cursor and not (cursor.startswith(share) and _PLACE.fullmatch(cursor.removeprefix(share))):
        raise MalformedEvent(f"next must be what the page before said of this part, found {cursor!r}", field="next")
    told = audit.audit(ports, part=part, parts=parts, after=cursor.removeprefix(share), limit=limit)
    _log(event, "audited", {"checked": told["checked"], "differing": len(told["differing"])})
    return {**told, "next": f"{share}{told['next']}" if told["next"] else None}


def _lead_id(given: Mapping[str, str]) -> str:
    lead_id = given["lead_id"]
    if not _LEAD.fullmatch(lead_id):
        raise MalformedEvent("lead_id must be a lead's id, which starts with ld_", field="lead_id")
    return lead_id


def _one(event: Mapping[str, Any], ports: Ports) -> tuple[Kept, bytes]:
    failed_id = str(event["pathParameters"]["failed_id"])
    kept = ports.failed.find(failed_id)
    raw = next((raw for _, raw in ports.failed.bodies([kept.place])), None) if kept else None
    if kept is None or raw is None:
        raise NotFound(f"no failed event {failed_id}: they are kept for 30 days", field="failed_id")
    return kept, raw


def _became(done: Replayed) -> str:
    return "failed" if done.reason else "replayed"


def _kept_view(kept: Kept) -> dict[str, Any]:
    replayed = kept.replayed_at.isoformat() if kept.replayed_at else None
    told = {"source": kept.source, "reason": kept.reason, "received_at": kept.moment}
    return {"id": kept.id, **told, "replayed_at": replayed}


def _replayed_view(done: Replayed) -> dict[str, Any]:
    return {"id": done.kept.id, "replayed": not done.reason, "facts": done.facts, "reason": done.reason or None}


def _log(event: Mapping[str, Any], what: str, counts: Mapping[str, int]) -> None:
    _LOG.info(what, extra={**counts, "correlation_id": correlation_id(event)})


ROUTES: Mapping[str, Callable[[Mapping[str, Any], Ports], Any]] = {
    "GET /v1/failed-events": _list,
    "GET /v1/failed-events/{failed_id}": _show,
    "POST /v1/failed-events/{failed_id}/replay": _replay,
    "POST /v1/failed-events/replay": _replay_all,
    "GET /v1/redrive": _waiting,
    "POST /v1/redrive": _redrive,
    "POST /v1/leads/{lead_id}/rebuild": _rebuild,
    "GET /v1/audit": _audit,
}
