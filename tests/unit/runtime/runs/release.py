"""What an operator asks of models, and the work that follows of it."""

import json
from typing import Any

from functions.api import handler as api
from functions.sweep import handler as sweep
from tests.simulation.publishing import variants
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import cloudevent

POINTS, MEANING, BOTH = variants()
SOME_TIME_AGO = "2026-11-07T11:00:00Z"
api.logger.setLevel("CRITICAL")


def call(route: str, body: bytes | Any = b"", **parameters: str) -> tuple[int, Any]:
    """The API's status and decoded answer."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    method, path = route.split()
    event = {
        "routeKey": route,
        "rawPath": path,
        "headers": {},
        "queryStringParameters": {},
        "pathParameters": parameters,
        "requestContext": {"http": {"method": method}, "requestId": "r"},
        "body": raw.decode(),
    }
    answer = api.lambda_handler(event, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def publish(version: int, *, after: int, **more: Any) -> tuple[int, Any]:
    """As a client asks: again where the bus refused the event."""
    while (answer := call("POST /v1/models/{version}/publish", {"after": after, **more}, version=str(version)))[
        0
    ] == 503:
        pass
    return answer


def work(stack: Quiet) -> int:
    """Does every message, and all that follows; how many they were."""
    runs, count = stack.world.runs, 0
    while messages := runs.delayed + runs.queue:
        runs.delayed.clear()
        runs.queue.clear()
        for body in messages:
            count += 1
            sweep.lambda_handler({"Records": [{"body": body}]}, CONTEXT)
    stack.settle()
    return count


def someone(stack: Quiet, name: str, *, time: str = "2026-11-21T11:00:00Z") -> str:
    """A lead that asked for a demo; its id."""
    event = cloudevent("demo_requested", name=name, subject=f"{name}@gmail.com", time=time)
    stack.activity(event)
    stack.settle()
    [lead_id] = {each for each in stack.world.leads.table.items if each.startswith("ld_")} - known
    known.add(lead_id)
    return lead_id


known: set[str] = set()
