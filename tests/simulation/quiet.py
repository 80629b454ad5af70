"""A world in which nothing goes wrong: requests in, and the real functions until nothing flows any more."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

import msgspec

from functions.erase import handler as erase
from functions.ingest import handler as ingest
from functions.nurture import handler as nurture
from functions.publish import handler as publish
from functions.repair import handler as repair
from functions.rescore import handler as rescore
from leadlight.runtime import wiring
from tests.simulation.memory_secrets import SECRET
from tests.simulation.scheduler import Scheduler
from tests.simulation.simulation import CONTEXT
from tests.simulation.tables import Stream
from tests.simulation.world import World

_MOST_ROUNDS = 1_000

erase.logger.setLevel("ERROR")
repair.logger.setLevel("ERROR")


class Quiet:
    """The functions over a quiet world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def segment(self, call: dict[str, Any]) -> dict[str, Any]:
        """A signed webhook."""
        raw = json.dumps(call)
        headers = {"x-signature": hmac.new(SECRET.encode(), raw.encode(), hashlib.sha1).hexdigest()}
        return self._http(
            ingest, "POST", "/v1/webhooks/segment", raw, parameters={"source": "segment"}, headers=headers
        )

    def activity(self, event: dict[str, Any], *, backfill: bool = False) -> dict[str, Any]:
        """A CloudEvent."""
        query = {"backfill": "true"} if backfill else None
        return self._http(ingest, "POST", "/v1/activities", json.dumps(event), query=query)

    def forget(self, lead_id: str, *identities: str) -> dict[str, int]:
        """Asks until it is done; what was removed, by kind."""
        removed: dict[str, int] = {}
        cursor, body = "", json.dumps({"identities": list(identities)})
        while cursor is not None:
            told = self._lead(erase, "POST", lead_id, "forget", query={"next": cursor}, body=body)
            removed = {kind: removed.get(kind, 0) + count for kind, count in told["removed"].items()}
            cursor = told["next"]
        return removed

    def export(self, lead_id: str) -> Iterator[dict[str, Any]]:
        """Every page of an export."""
        cursor = ""
        while cursor is not None:
            page = self._lead(erase, "GET", lead_id, "export", query={"next": cursor})
            yield page
            cursor = page["next"]

    def repair(self, route: str, *, query: dict[str, str] | None = None, **parameters: str) -> dict[str, Any]:
        """A request of the repair function, by its route."""
        method, _, path = route.partition(" ")
        return self._http(repair, method, path, "", parameters=parameters, query=query)

    def redrive(self) -> Counter[str]:
        """Asks until it is done; what was redriven, by kind."""
        redriven: Counter[str] = Counter()
        cursor: str | None = ""
        while cursor is not None:
            told = self.repair("POST /v1/redrive", query={"next": cursor})
            redriven.update(told["redriven"])
            cursor = told["next"]
        return redriven

    def audit(self, *, limit: int = 1) -> dict[str, Any]:
        """The whole table, a lead at a time or more: the sum of the facts' terms, and the leads that differ."""
        facts: Counter[str] = Counter()
        differing: dict[str, Any] = {}
        cursor: str | None = ""
        while cursor is not None:
            told = self.repair("GET /v1/audit", query={"next": cursor, "limit": str(limit)})
            facts.update(told["facts"])
            differing |= {each["lead_id"]: each["differences"] for each in told["differing"]}
            cursor = told["next"]
        return {"facts": facts, "differing": differing}

    def settle(self) -> None:
        """Runs the streams' functions, and the rule's, until nothing is left."""
        world = self.world
        for _ in range(_MOST_ROUNDS):
            if not (
                self._drain(world.activities_stream, rescore)
                or self._drain(world.leads_stream, publish)
                or self._deliver()
            ):
                return
        raise AssertionError("the world does not come to rest")

    def _drain(self, stream: Stream, function: Any) -> bool:
        batches = [lane.records for lane in stream.lanes if lane.records]
        for records in batches:
            batch = list(records)
            answer = function.lambda_handler({"Records": batch}, CONTEXT)
            failures = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            done = numbers.index(failures[0]) if failures else len(batch)
            for _ in range(done):
                records.popleft()
        return bool(batches)

    def _deliver(self) -> bool:
        events, self.world.bus.undelivered = self.world.bus.undelivered, []
        for event in events:
            detail = msgspec.json.decode(event.detail)
            nurture.lambda_handler({"id": detail["id"], "detail-type": event.detail_type, "detail": detail}, CONTEXT)
        return bool(events)

    def _lead(self, function: Any, method: str, lead_id: str, what: str, **more: Any) -> dict[str, Any]:
        path = f"/v1/leads/{lead_id}/{what}"
        return self._http(function, method, path, more.pop("body", ""), parameters={"lead_id": lead_id}, **more)

    def _http(
        self,
        function: Any,
        method: str,
        path: str,
        body: str,
        *,
        parameters: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        route = path.replace((parameters or {}).get("lead_id", "{lead_id}"), "{lead_id}")
        event = {
            "version": "2.0",
            "routeKey": f"{method} {route}",
            "rawPath": path,
            "rawQueryString": "",
            "headers": headers or {"content-type": "application/cloudevents+json"},
            "queryStringParameters": query or {},
            "pathParameters": parameters or {},
            "requestContext": {"http": {"method": method}, "domainName": "api.example", "requestId": "r-1"},
            "body": body,
            "isBase64Encoded": False,
        }
        answer = function.lambda_handler(event, CONTEXT)
        assert answer["statusCode"] < 300, answer
        return json.loads(answer["body"])


@contextmanager
def quiet(start: datetime) -> Iterator[Quiet]:
    """The functions over a fresh world, for the duration of the block."""
    before = wiring.ports()
    world = World(Scheduler(Random(1), faults=0, switches=0, at_once=1), lanes=2, retention_days=400, start=start)
    wiring.use(world)
    try:
        yield Quiet(world)
    finally:
        wiring.use(before)
