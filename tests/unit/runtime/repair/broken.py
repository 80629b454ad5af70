"""A lead, what goes wrong with what is told of her, and what an operator asks then."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from functions.repair import handler as repair
from leadlight.activity import Identity, lead_id_of
from leadlight.state import Fold
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW

ADDRESS = "ada@example.com"
ADA = lead_id_of(Identity("email", ADDRESS))
LIST, ALL = "GET /v1/failed-events", "POST /v1/failed-events/replay"
SHOW, ONE = "GET /v1/failed-events/{failed_id}", "POST /v1/failed-events/{failed_id}/replay"


def track(event: str, number: int, **more: Any) -> dict[str, Any]:
    moment = (NOW - timedelta(hours=number + 1)).isoformat()
    context = {"traits": {"email": ADDRESS}}
    return {
        "type": "track",
        "event": event,
        "messageId": f"m-{number}",
        "timestamp": moment,
        "context": context,
        **more,
    }


def fold(stack: Quiet, lead_id: str = ADA) -> Fold:
    state = stack.world.leads.get(lead_id, consistent=True)
    return state.fold if state else Fold()


def counted(stack: Quiet) -> dict[str, int]:
    return {signal: sum(days.values()) for signal, days in fold(stack).signals.items()}


def batch_of(records: list[Any]) -> bytes:
    """As Lambda writes it for an S3 destination."""
    payload = json.dumps({"Records": records}, default=lambda raw: raw.decode("latin-1"))
    return json.dumps({"requestContext": {}, "DDBStreamBatchInfo": {}, "payload": payload}).encode()


def lost(stream: Any) -> list[Any]:
    """Takes every record off a stream, as if the function had failed until they were given up."""
    records = [record for lane in stream.lanes for record in lane.records]
    for lane in stream.lanes:
        lane.records.clear()
    return records


def pages(stack: Quiet, route: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        page = stack.repair(route, query={**query, "next": cursor})
        yield page
        cursor = page["next"]


def wrong(stack: Quiet) -> None:
    """A lead whose stored fold is not what its facts come to."""
    state = stack.world.leads.get(ADA, consistent=True)
    state.fold.count(max(state.fold.signals["demo_requested"]), ("demo_requested", "email_clicked"))
    state.fold.traits.pop("job_title", None)
    stack.world.leads.put(state)
    stack.settle()


def status(route: str, *, query: dict[str, str] | None = None, **parameters: str) -> int:
    method = route.partition(" ")[0]
    context = {"http": {"method": method}, "requestId": "r"}
    event = {"routeKey": route, "queryStringParameters": query, "pathParameters": parameters, "requestContext": context}
    answer = repair.lambda_handler(event, CONTEXT)
    assert "detail" in json.loads(answer["body"])
    return answer["statusCode"]
