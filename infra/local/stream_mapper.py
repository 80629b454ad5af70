"""Our event source mapping: from a table's stream to a function, with AWS's rules for failures.

The emulator's own mapping ignores item failures, retries, bisecting and the failure destination, so it is
deployed disabled and this one takes the mapping's description and does what AWS documents (`stream_rules`).
"""

import json
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.local.event_filter import passes, patterns_of
from infra.local.poller import Poller
from infra.local.stream_reader import Shard, StreamReader
from infra.local.stream_rules import (
    Batch,
    GivenUp,
    Outcome,
    Source,
    after_failure,
    batches,
    failure_document,
    first_failed,
    rules_of,
    without_expired,
)
from infra.local.worker import Invocation, Worker

READ_LIMIT = 1000
GATHER_SECONDS = 0.015  # between reads within a batching window
RETRY_SECONDS = (0.02, 0.2)  # first and longest pause before a retry; AWS backs off much longer


@dataclass
class Lane:
    """A shard's records that were read and not yet dealt with, in order."""

    shard: Shard
    backlog: deque[Batch] = field(default_factory=deque)


class StreamMapper:
    """Reads one stream and invokes one function until closed."""

    def __init__(
        self,
        mapping: dict[str, Any],
        reader: StreamReader,
        worker: Worker,
        *,
        check_access: Callable[[], None],
        on_invoked: Callable[[], object],
    ) -> None:
        self.poller = Poller(f"mapper of {worker.configuration['FunctionName']}", self._turn)
        self.mapping = mapping
        self.rules = rules_of(mapping)
        self.reader = reader
        self.worker = worker
        self.invocations = 0
        self.errors: list[dict[str, Any]] = []
        self.given_up: list[dict[str, Any]] = []
        self._patterns = patterns_of(mapping)
        self._check_access = check_access
        self._on_invoked = on_invoked
        self._lanes: dict[str, Lane] = {}

    def close(self) -> None:
        """Stop after the invocation in flight."""
        self.poller.close()
        self.reader.close()

    def _turn(self) -> bool:
        self._check_access()
        worked = False
        for lane in self._current_lanes():
            worked = self._advance(lane) or worked
        return worked

    def _current_lanes(self) -> list[Lane]:
        if all(shard.iterator is None for shard in self.reader.shards):
            self.reader.open()
        for shard in self.reader.shards:
            self._lanes.setdefault(shard.shard_id, Lane(shard))
        return list(self._lanes.values())

    def _advance(self, lane: Lane) -> bool:
        """Read if nothing waits, then run one batch; whether there was anything, even to be filtered out."""
        if not lane.backlog:
            records = self._gathered(lane.shard)
            if not records:
                return False
            passing = [record for record in records if passes(record, self._patterns)]
            lane.backlog.extend(batches(passing, self.rules))
        if lane.backlog:
            self._run_first(lane)
        return True

    def _gathered(self, shard: Shard) -> list[dict[str, Any]]:
        """What is there, or after a first record what the batching window brings."""
        found = self._read(shard)
        deadline = time.monotonic() + self.rules.window_seconds
        while found and len(found) < self.rules.batch_size and time.monotonic() < deadline:
            if self.poller.pause(GATHER_SECONDS):
                break
            found += self._read(shard)
        return found

    def _read(self, shard: Shard) -> list[dict[str, Any]]:
        records = self.reader.read(shard, READ_LIMIT)
        if records:
            self.poller.working()
        return records

    def _run_first(self, lane: Lane) -> None:
        batch = lane.backlog.popleft()
        aged = without_expired(batch, self.rules, now=time.time())
        self._settle(lane, Outcome(given_up=aged.given_up), None)
        for fresh in aged.todo:
            invocation = self.worker.invoke({"Records": list(fresh.records)})
            self.invocations += 1
            outcome = self._outcome(fresh, invocation)
            self._settle(lane, outcome, invocation)
            self._on_invoked()
            if outcome.todo and outcome.todo[0].retries:
                first, longest = RETRY_SECONDS
                self.poller.pause(min(longest, first * 2 ** (outcome.todo[0].retries - 1)))

    def _outcome(self, batch: Batch, invocation: Invocation) -> Outcome:
        if invocation.error is not None:
            self.errors.append(invocation.error)
            return after_failure(batch, 0, self.rules)
        first = first_failed(batch, invocation.payload, self.rules)
        if first is None:
            return Outcome()
        failed = f"from record {first + 1} of {len(batch.records)} on: {self.worker.log}"
        self.errors.append({"errorType": "BatchItemFailures", "errorMessage": failed})
        return after_failure(batch, first, self.rules)

    def _settle(self, lane: Lane, outcome: Outcome, invocation: Invocation | None) -> None:
        lane.backlog.extendleft(reversed(outcome.todo))
        for loss in outcome.given_up:
            self._give_up(lane.shard, loss, invocation)

    def _give_up(self, shard: Shard, loss: GivenUp, invocation: Invocation | None) -> None:
        document = failure_document(
            loss,
            source=Source(function_arn=self.worker.arn, stream_arn=self.reader.stream_arn, shard=shard.shard_id),
            request_id=invocation.request_id if invocation else str(uuid.uuid4()),
            error="Unhandled" if invocation and invocation.error else None,
            now=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        )
        self.given_up.append(document)
        destination = (self.mapping.get("DestinationConfig") or {}).get("OnFailure", {}).get("Destination", "")
        if destination.startswith("arn:aws:s3:::"):
            self._store(destination.removeprefix("arn:aws:s3:::"), shard, document, loss.batch)

    def _store(self, bucket: str, shard: Shard, document: dict[str, Any], batch: Batch) -> None:
        """Only an S3 destination is given the records too; Lambda writes there as the function's role."""
        payload = json.dumps({"Records": list(batch.records)})
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H.%M.%S")
        key = f"aws/lambda/{self.mapping['UUID']}/{shard.shard_id}/{stamp}-{uuid.uuid4()}"
        body = json.dumps({**document, "payload": payload})
        self.worker.role.clients()("s3").put_object(Bucket=bucket, Key=key, Body=body.encode())
