"""The failure rules of our stream mapper are AWS's: what is redelivered, what is given up, in which order."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.stream_rules import (
    RETRIES_SPENT,
    TOO_OLD,
    Batch,
    Outcome,
    Rules,
    Source,
    after_failure,
    batches,
    failure_document,
    first_failed,
    rules_of,
    sequence_number,
    without_expired,
)


def record(number: int, *, created: float = 0.0) -> dict[str, Any]:
    return {
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": f"{number:06}", "ApproximateCreationDateTime": created},
    }


def batch(*numbers: int, retries: int = 0) -> Batch:
    return Batch(records=tuple(record(number) for number in numbers), retries=retries)


def numbers(of: Batch) -> list[int]:
    return [int(sequence_number(each)) for each in of.records]


def failing(*numbers: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": f"{number:06}"} for number in numbers]}


PARTIAL = Rules(report_item_failures=True)


def test_a_mapping_without_limits_retries_for_ever() -> None:
    """-1, Lambda's default, means no limit; it must not be read as a number."""
    rules = rules_of({"BatchSize": 10, "MaximumRetryAttempts": -1, "MaximumRecordAgeInSeconds": -1})
    assert (rules.batch_size, rules.retries, rules.max_age_seconds) == (10, None, None)
    assert after_failure(batch(1, retries=1000), 0, rules).given_up == ()


def test_a_mapping_is_read_with_all_its_rules() -> None:
    """Every failure setting of the template reaches the rules."""
    described = {
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 1,
        "MaximumRetryAttempts": 0,
        "MaximumRecordAgeInSeconds": 60,
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    assert rules_of(described) == Rules(
        batch_size=100, window_seconds=1, retries=0, max_age_seconds=60, bisect=True, report_item_failures=True
    )


@pytest.mark.parametrize("response", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_an_empty_answer_is_a_success(response: Any) -> None:
    """The four ways to report nothing."""
    assert first_failed(batch(1, 2), response, PARTIAL) is None


@pytest.mark.parametrize(
    "response",
    [
        "text",
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"wrong": "000002"}]},
        {"batchItemFailures": [{"itemIdentifier": "999999"}]},
        {"batchItemFailures": ["000002"]},
    ],
)
def test_an_answer_that_names_no_record_fails_the_whole_batch(response: Any) -> None:
    """Lambda then retries all of it rather than dropping what it can't place."""
    assert first_failed(batch(1, 2), response, PARTIAL) == 0


def test_item_failures_count_only_when_the_mapping_asks_for_them() -> None:
    """Without ReportBatchItemFailures a return value means nothing."""
    assert first_failed(batch(1, 2), failing(1), Rules()) is None


def test_everything_from_the_lowest_failed_record_is_redelivered() -> None:
    """Records after it come again even when they succeeded: consumers must be idempotent."""
    first = first_failed(batch(1, 2, 3, 4), failing(4, 2), PARTIAL)
    assert first == 1
    (again,) = after_failure(batch(1, 2, 3, 4), first, PARTIAL).todo
    assert numbers(again) == [2, 3, 4]


def test_progress_starts_the_retries_afresh() -> None:
    """The records that are left have not been retried yet."""
    (again,) = after_failure(batch(1, 2, retries=3), 1, Rules(retries=3, report_item_failures=True)).todo
    assert again.retries == 0


def test_retries_are_spent_on_the_first_record_that_keeps_failing() -> None:
    """`retries` further attempts after the first, then the destination."""
    rules = Rules(retries=2)
    run = run_all([batch(1)], rules, lambda _: 0)
    assert run.attempts == [[1], [1], [1]]
    assert run.given_up == [([1], RETRIES_SPENT)]


def test_a_split_is_no_retry_and_keeps_the_order() -> None:
    """The first half runs before the second, and both inherit the retries spent so far."""
    outcome = after_failure(batch(1, 2, 3, retries=1), 0, Rules(bisect=True, retries=1))
    assert [numbers(half) for half in outcome.todo] == [[1], [2, 3]]
    assert [half.retries for half in outcome.todo] == [1, 1]


def test_records_that_are_too_old_are_given_up_before_they_run() -> None:
    """The rest of the batch goes on."""
    records = (record(1, created=10), record(2, created=99))
    outcome = without_expired(Batch(records=records), Rules(max_age_seconds=60), now=100)
    assert [numbers(rest) for rest in outcome.todo] == [[2]]
    assert [(numbers(loss.batch), loss.condition) for loss in outcome.given_up] == [([1], TOO_OLD)]


def test_the_failure_document_names_positions_and_cause() -> None:
    """What an operator needs to find the records again."""
    (loss,) = after_failure(batch(7, 8), 0, Rules(retries=0)).given_up
    source = Source(function_arn="f", stream_arn="s", shard="shard-1")
    document = failure_document(loss, source=source, request_id="r", error="Unhandled", now="t")
    assert document["requestContext"]["condition"] == RETRIES_SPENT
    assert document["requestContext"]["approximateInvokeCount"] == 1
    info = document["DDBStreamBatchInfo"]
    assert (info["startSequenceNumber"], info["endSequenceNumber"], info["batchSize"]) == ("000007", "000008", 2)


@given(
    count=st.integers(0, 30),
    size=st.integers(1, 12),
    poison=st.sets(st.integers(0, 29)),
    bisect=st.booleans(),
    retries=st.integers(0, 3),
)
def test_reported_poison_alone_is_given_up_when_batches_are_split(
    *, count: int, size: int, poison: set[int], bisect: bool, retries: int
) -> None:
    """Whatever fails, each record is done or given up exactly once, in order; with splits only poison is given up."""
    rules = Rules(batch_size=size, bisect=bisect, retries=retries, report_item_failures=True)
    todo = batches([record(number) for number in range(count)], rules)

    def first_bad(of: Batch) -> int | None:
        bad = [number for number in numbers(of) if number in poison]
        return first_failed(of, failing(*bad), rules)

    run = run_all(todo, rules, first_bad)
    lost = [number for some, _ in run.given_up for number in some]
    assert sorted({*run.done, *lost}) == list(range(count))
    assert run.done == sorted(set(run.done))
    assert not set(run.done) & poison
    if bisect:
        assert sorted(lost) == sorted(poison & set(range(count)))


@given(st.lists(st.integers(0, 5), max_size=20), st.integers(1, 6))
def test_batches_keep_every_record_in_order(values: list[int], size: int) -> None:
    """Cutting loses and moves nothing."""
    cut = batches([record(number) for number in range(len(values))], Rules(batch_size=size))
    assert [number for each in cut for number in numbers(each)] == list(range(len(values)))
    assert all(len(each.records) <= size for each in cut)


class Run:
    """What became of the records of some batches."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.given_up: list[tuple[list[int], str]] = []
        self.attempts: list[list[int]] = []


def run_all(todo: list[Batch], rules: Rules, first_bad: Callable[[Batch], int | None]) -> Run:
    """Play the mapper: run the first batch, put what follows before the rest."""
    run = Run()
    while todo:
        current, *todo = todo
        run.attempts.append(numbers(current))
        first = first_bad(current)
        run.done += numbers(current)[:first]
        outcome = Outcome() if first is None else after_failure(current, first, rules)
        run.given_up += [(numbers(loss.batch), loss.condition) for loss in outcome.given_up]
        todo = [*outcome.todo, *todo]
    return run
