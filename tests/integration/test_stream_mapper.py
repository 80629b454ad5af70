"""Our stream mapper around its rules: filter, order, redelivery, the failure destination, on fakes."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.stream_mapper import StreamMapper
from infra.local.stream_reader import Shard
from infra.local.worker import Invocation

STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/1"
MAPPING = {
    "UUID": "mapping-1",
    "BatchSize": 10,
    "MaximumRetryAttempts": 1,
    "BisectBatchOnFunctionError": True,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "FilterCriteria": {"Filters": [{"Pattern": json.dumps({"eventName": ["INSERT"]})}]},
    "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::failures"}},
}


def record(number: int, name: str = "INSERT") -> dict[str, Any]:
    created = time.time()
    return {
        "eventName": name,
        "dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": created},
    }


class FakeReader:
    """Shards whose pages are given in advance."""

    stream_arn = STREAM

    def __init__(self, *pages: list[dict[str, Any]]) -> None:
        self.shards: list[Shard] = []
        self.pages = list(pages)

    def open(self) -> None:
        self.shards = [Shard("shard-1", "iterator")]

    def read(self, _shard: Shard, _limit: int) -> list[dict[str, Any]]:
        return self.pages.pop(0) if self.pages else []

    def close(self) -> None:
        """Nothing to close."""


class FakeWorker:
    """A function in this process; remembers what it was given and what was put to S3."""

    arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
    log = Path("output.log")

    def __init__(self, handler: Callable[[list[str]], Any]) -> None:
        self.configuration = {"FunctionName": "f"}
        self.seen: list[list[str]] = []
        self.objects: list[dict[str, Any]] = []
        client = SimpleNamespace(put_object=lambda **request: self.objects.append(request))
        self.role = SimpleNamespace(clients=lambda: lambda _service: client)
        self._handler = handler

    def invoke(self, event: Any) -> Invocation:
        numbers = [each["dynamodb"]["SequenceNumber"] for each in event["Records"]]
        self.seen.append(numbers)
        try:
            return Invocation(request_id="r", payload=self._handler(numbers))
        except RuntimeError as problem:
            return Invocation(request_id="r", error={"errorMessage": str(problem)})


Run = Callable[[FakeReader, FakeWorker], StreamMapper]


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a mapper until it is idle; it is closed afterwards."""
    running: list[StreamMapper] = []

    def start(reader: FakeReader, worker: FakeWorker) -> StreamMapper:
        mapper = StreamMapper(
            MAPPING,
            reader,  # type: ignore[arg-type]
            worker,  # type: ignore[arg-type]
            check_access=lambda: None,
            on_invoked=lambda: None,
        )
        running.append(mapper)
        mapper.poller.start()
        deadline = time.monotonic() + 10
        while not mapper.poller.idle_since() and time.monotonic() < deadline:
            time.sleep(0.002)
        assert mapper.poller.idle_since()
        return mapper

    yield start
    for mapper in running:
        mapper.close()


def test_only_records_that_pass_the_filter_reach_the_function(run: Run) -> None:
    """The others count as done."""
    worker = FakeWorker(lambda _: None)
    run(FakeReader([record(1), record(2, "REMOVE")], [record(3, "REMOVE")], [record(4)]), worker)
    assert worker.seen == [["1"], ["4"]]


def test_redelivery_comes_before_newer_records(run: Run) -> None:
    """A lead's records never overtake each other."""
    failed_once = iter([{"batchItemFailures": [{"itemIdentifier": "2"}]}])
    worker = FakeWorker(lambda _: next(failed_once, None))
    run(FakeReader([record(1), record(2), record(3)], [record(4)]), worker)
    assert worker.seen == [["1", "2", "3"], ["2", "3"], ["4"]]


def test_a_poison_record_ends_alone_in_the_failure_bucket(run: Run) -> None:
    """With its content, under the key that Lambda gives it, and the others go on."""

    def fails_on_two(numbers: list[str]) -> None:
        if "2" in numbers:
            raise RuntimeError("poison")

    worker = FakeWorker(fails_on_two)
    mapper = run(FakeReader([record(1), record(2), record(3)]), worker)
    assert worker.seen == [["1", "2", "3"], ["1"], ["2", "3"], ["2"], ["2"], ["3"]]
    (stored,) = worker.objects
    assert stored["Bucket"] == "failures"
    assert stored["Key"].startswith("aws/lambda/mapping-1/shard-1/")
    document = json.loads(stored["Body"])
    assert document["requestContext"]["condition"] == "RetryAttemptsExhausted"
    (lost,) = json.loads(document["payload"])["Records"]
    assert lost["dynamodb"]["SequenceNumber"] == "2"
    assert [each["DDBStreamBatchInfo"]["batchSize"] for each in mapper.given_up] == [1]


def test_a_mapper_that_may_not_read_says_so() -> None:
    """A removed grant fails whoever waits for the stream, instead of looking like an empty one."""

    def denied() -> None:
        raise PermissionError("no grant")

    mapper = StreamMapper(
        MAPPING,
        FakeReader(),  # type: ignore[arg-type]
        FakeWorker(lambda _: None),  # type: ignore[arg-type]
        check_access=denied,
        on_invoked=lambda: None,
    )
    mapper.poller.start()
    with pytest.raises(RuntimeError, match="mapper of f") as caught:
        ask_for_a_while(mapper)
    assert isinstance(caught.value.__cause__, PermissionError)
    mapper.close()


def ask_for_a_while(mapper: StreamMapper) -> None:
    for _ in range(1000):
        mapper.poller.idle_since()
        time.sleep(0.002)


def test_the_scripts_of_child_processes_are_where_they_are_looked_for() -> None:
    """They are started by path."""
    folder = Path(__file__).parents[2] / "infra" / "local"
    assert {"guard.py", "worker_child.py", "emulator_child.py"} <= {path.name for path in folder.iterdir()}
