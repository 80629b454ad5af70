"""What Lambda does with a batch of stream records that failed, as AWS documents it; no I/O, no clock.

A batch is retried until it succeeds, its retries are spent, or its records are too old. Splitting a batch
is not a retry. With item failures reported, everything before the lowest failed record is done; the rest
starts over, and counts its retries afresh. Where the two meet (bisect on, and the first record is the one that
failed) the batch is split in half, so that a poison record ends up alone and only it is given up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Record = Mapping[str, Any]

RETRIES_SPENT = "RetryAttemptsExhausted"
TOO_OLD = "MaximumRecordAgeExceeded"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The failure handling of one mapping; None is "no limit"."""

    batch_size: int = 100
    window_seconds: float = 0
    retries: int | None = None
    max_age_seconds: float | None = None
    bisect: bool = False
    report_item_failures: bool = False


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Records of one shard, in order, with the retries and invocations spent on them so far."""

    records: tuple[Record, ...]
    retries: int = 0
    invocations: int = 0


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """A batch that goes to the failure destination, and why."""

    batch: Batch
    condition: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a batch came from and which function it was for."""

    function_arn: str
    stream_arn: str
    shard: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What follows an invocation: batches to run next, in this order and before newer ones, and losses."""

    todo: tuple[Batch, ...] = ()
    given_up: tuple[GivenUp, ...] = ()


def rules_of(mapping: Mapping[str, Any]) -> Rules:
    """The rules of a mapping as the Lambda API describes it (-1 means no limit there)."""
    return Rules(
        batch_size=int(mapping.get("BatchSize") or 100),
        window_seconds=float(mapping.get("MaximumBatchingWindowInSeconds") or 0),
        retries=_limit(mapping.get("MaximumRetryAttempts")),
        max_age_seconds=_limit(mapping.get("MaximumRecordAgeInSeconds")),
        bisect=bool(mapping.get("BisectBatchOnFunctionError")),
        report_item_failures="ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or ()),
    )


def _limit(value: Any) -> int | None:
    return None if value is None or int(value) < 0 else int(value)


def sequence_number(record: Record) -> str:
    """The record's place in its shard."""
    return str(record["dynamodb"]["SequenceNumber"])


def batches(records: Sequence[Record], rules: Rules) -> list[Batch]:
    """The records cut into batches, order kept."""
    size = rules.batch_size
    return [Batch(records=tuple(records[start : start + size])) for start in range(0, len(records), size)]


def without_expired(batch: Batch, rules: Rules, *, now: float) -> Outcome:
    """The batch without the records that are older than the mapping allows; those are given up."""
    if rules.max_age_seconds is None:
        return Outcome(todo=(batch,))
    oldest = now - rules.max_age_seconds
    old = tuple(record for record in batch.records if _created(record) < oldest)
    fresh = tuple(record for record in batch.records if _created(record) >= oldest)
    return Outcome(
        todo=(replace(batch, records=fresh),) if fresh else (),
        given_up=(GivenUp(batch=replace(batch, records=old), condition=TOO_OLD),) if old else (),
    )


def _created(record: Record) -> float:
    return float(record["dynamodb"]["ApproximateCreationDateTime"])


def first_failed(batch: Batch, response: Any, rules: Rules) -> int | None:
    """The index of the first record to redeliver after an invocation that returned `response`; None: all done.

    A response that names no record of the batch (an empty or missing identifier, a foreign one) fails it whole.
    """
    if not rules.report_item_failures or response is None:
        return None
    if not isinstance(response, Mapping):
        return 0
    failures = response.get("batchItemFailures")
    if not failures:
        return None
    places = {sequence_number(record): index for index, record in enumerate(batch.records)}
    try:
        return min(places[failure["itemIdentifier"]] for failure in failures)
    except (KeyError, TypeError):
        return 0


def after_failure(batch: Batch, first: int, rules: Rules) -> Outcome:
    """What follows when the records from index `first` on failed (0: an error, or the first one)."""
    tried = replace(batch, invocations=batch.invocations + 1)
    if first > 0:
        return Outcome(todo=(replace(tried, records=batch.records[first:], retries=0),))
    if rules.bisect and len(batch.records) > 1:
        middle = len(batch.records) // 2
        halves = (batch.records[:middle], batch.records[middle:])
        return Outcome(todo=tuple(replace(tried, records=half) for half in halves))
    if rules.retries is not None and batch.retries >= rules.retries:
        return Outcome(given_up=(GivenUp(batch=tried, condition=RETRIES_SPENT),))
    return Outcome(todo=(replace(tried, retries=batch.retries + 1),))


def failure_document(
    given_up: GivenUp, *, source: Source, request_id: str, error: str | None, now: str
) -> dict[str, Any]:
    """The invocation record that Lambda writes to a failure destination, without the payload."""
    records = given_up.batch.records
    return {
        "requestContext": {
            "requestId": request_id,
            "functionArn": source.function_arn,
            "condition": given_up.condition,
            "approximateInvokeCount": given_up.batch.invocations,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": error},
        "version": "1.0",
        "timestamp": now,
        "DDBStreamBatchInfo": {
            "shardId": source.shard,
            "startSequenceNumber": sequence_number(records[0]),
            "endSequenceNumber": sequence_number(records[-1]),
            "approximateArrivalOfFirstRecord": records[0]["dynamodb"]["ApproximateCreationDateTime"],
            "approximateArrivalOfLastRecord": records[-1]["dynamodb"]["ApproximateCreationDateTime"],
            "batchSize": len(records),
            "streamArn": source.stream_arn,
        },
    }
