"""The real handlers and adapters over the metered DynamoDB, driven record by record."""

import importlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from unittest import mock

from leadlight.adapters.accounts import DynamoAccounts
from leadlight.adapters.bus import EventBridgeBus
from leadlight.adapters.clients import client
from leadlight.adapters.facts import DynamoFacts
from leadlight.adapters.forgotten import KeyedForgotten
from leadlight.adapters.leads import DynamoLeads
from leadlight.adapters.merges import DynamoMerges
from leadlight.adapters.records import DynamoRecords
from leadlight.adapters.threads import Threads
from leadlight.model import Documents
from leadlight.model.document import read_documents
from leadlight.runtime import wiring
from leadlight.scoring import Portfolio
from tests.bench import traffic
from tests.bench.metered import Meter, Metered

RECORDS = 100  # of a batch of a stream
SETTINGS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_MAX_ATTEMPTS": "1",
    "POWERTOOLS_METRICS_NAMESPACE": "Leadlight",
    "POWERTOOLS_SERVICE_NAME": "bench",
}
CONTEXT = SimpleNamespace(
    function_name="bench",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:bench",
    aws_request_id="bench",
    get_remaining_time_in_millis=lambda: 60_000,
)


class World:
    """The ports of every function, with a clock that the bench turns."""

    retention_days = 400
    fold_plus_tags = False

    def __init__(self, start: datetime) -> None:
        self.clock = start
        self.tables = Metered()
        self.facts = DynamoFacts("activities", self.retention_days)
        self.accounts = DynamoAccounts("activities")
        self.merges = DynamoMerges("activities", "leads", self.retention_days)
        self.forgotten = KeyedForgotten("records", "forgotten")
        self.leads = DynamoLeads("leads")
        self.records = DynamoRecords("records")
        self.bus = EventBridgeBus("bus")
        self.hands = Threads()
        self.invocations = {"ingest": 0, "rescore": 0, "publish": 0, "sweep": 0}
        self.calls = dict.fromkeys(self.invocations, 0)
        self.cpu = dict.fromkeys(self.invocations, 0.0)

    @cached_property
    def documents(self) -> Documents:
        return read_documents()

    @cached_property
    def portfolio(self) -> Portfolio:
        return Portfolio(self.documents.models)

    @property
    def failed(self) -> Any:
        raise AssertionError("nothing fails here")

    @property
    def secrets(self) -> Any:
        raise AssertionError("no webhook comes here")

    def now(self) -> datetime:
        return self.clock

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Calls a real handler."""
        self.invocations[function] += 1
        handler = importlib.import_module(f"functions.{function}.handler")
        start, called = time.process_time(), self.tables.calls
        try:
            return handler.lambda_handler(event, CONTEXT)
        finally:
            self.cpu[function] += time.process_time() - start
            self.calls[function] += self.tables.calls - called

    def reset(self) -> None:
        """Meters from here on."""
        self.tables.meter = Meter()
        self.invocations, self.calls = dict.fromkeys(self.invocations, 0), dict.fromkeys(self.calls, 0)
        self.cpu = dict.fromkeys(self.cpu, 0.0)

    def receive(self, moment: datetime, events: list[traffic.Event], *, backfill: bool = False) -> None:
        """One request, and all that follows from it; records of one request are one batch of the streams."""
        self.clock = moment + timedelta(seconds=1)
        answer = self.invoke("ingest", traffic.request(events, backfill=backfill))
        assert answer["statusCode"] == 202, answer
        self.rescore()
        self.publish()
        self.tables.taken("records")

    def rescore(self) -> int:
        """Brings in what lies in the stream, and what follows from it; returns how many records it took."""
        count = 0
        while records := self.tables.taken("activities"):
            for start in range(0, len(records), RECORDS):
                batch = records[start : start + RECORDS]
                assert not self.invoke("rescore", {"Records": batch})["batchItemFailures"]
            count += len(records)
        return count

    def publish(self) -> None:
        """Publishes what the saved leads have in their outboxes."""
        outboxes = [
            record for record in self.tables.taken("leads") if "outbox" in record["dynamodb"].get("NewImage", {})
        ]
        for start in range(0, len(outboxes), RECORDS):
            batch = outboxes[start : start + RECORDS]
            assert not self.invoke("publish", {"Records": batch})["batchItemFailures"]
        self.tables.taken("leads")

    def receive_all(self, requests: Iterable[tuple[datetime, list[traffic.Event]]], *, backfill: bool = False) -> int:
        """Requests in turn; returns how many activities they brought."""
        count = 0
        for moment, events in requests:
            self.receive(moment, events, backfill=backfill)
            count += len(events)
        return count


@contextmanager
def sandbox(start: datetime, kind: type[World] = World) -> Iterator[World]:
    """A world in which the process's handlers run, until the end of the block; botocore's own calls."""
    before = wiring.ports()
    with mock.patch.dict(os.environ, SETTINGS):
        client.cache_clear()
        made = kind(start)
        wiring.use(made)
        try:
            yield made
        finally:
            wiring.use(before)
            client.cache_clear()


@contextmanager
def world(start: datetime, kind: type[World] = World) -> Iterator[World]:
    """A world over the metered DynamoDB."""
    with sandbox(start, kind) as made, made.tables.in_place():
        yield made
