"""Batches to the API, a few at a time."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from leadlight.cli.client import Api, ApiError
from leadlight.cli.imports.batches import Batch
from leadlight.cli.imports.checkpoint import Sent
from leadlight.cli.imports.mapping import Kind
from leadlight.cli.imports.rows import Refused
from leadlight.sources.cloudevents import BATCH

_WAITING = 2  # batches that are ready when a place becomes free
JSON = "application/json"
_ROWS_REFUSED = frozenset({400, 422})
_TOO_LARGE = 413


def send_all(send: Callable[[Batch], Sent], todo: Iterable[Batch], *, at_a_time: int) -> Iterator[Sent]:
    """Sends batches, some at a time, and yields what became of them as it is known.

    After a failure nothing more is sent; what was in flight is yielded before the failure is raised.
    """
    pool, running, failure = ThreadPoolExecutor(at_a_time), set[Future[Sent]](), None
    try:
        for batch in todo:
            running.add(pool.submit(send, batch))
            if len(running) < at_a_time + _WAITING:
                continue
            done, running = wait(running, return_when=FIRST_COMPLETED)
            failure = next((future.exception() for future in done if future.exception()), None)
            yield from (future.result() for future in done if not future.exception())
            if failure:
                break
        for future in running:
            if failure and future.cancel():
                continue
            failure = failure or future.exception()
            if not future.exception():
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
    if failure:
        raise failure


def sender(api: Api, kind: Kind, *, announce: bool) -> Callable[[Batch], Sent]:
    """Sends one batch: spend as it is; all else as backfill, or announced like news."""
    path, content_type = ("/v1/spend", JSON) if kind == "spend" else ("/v1/activities", BATCH)
    if path == "/v1/activities" and not announce:
        path += "?backfill=true"

    def send(batch: Batch) -> Sent:
        try:
            answer = api.call("POST", path, body=batch.body, content_type=content_type)
        except ApiError as error:
            refused = _all_refused(batch, error)
            return Sent(batch.number, batch.digest, len(batch.rows), 0, refused)
        counts = answer.body
        return Sent(
            batch.number, batch.digest, counts["received"], counts["recorded"], _refused(batch, counts["refused"])
        )

    return send


def _all_refused(batch: Batch, error: ApiError) -> list[Refused]:
    """The rows of a batch of which none was recorded; any other refusal is the import's failure."""
    if error.answer is None or error.answer.status not in _ROWS_REFUSED or not isinstance(error.answer.body, dict):
        if error.answer and error.answer.status == _TOO_LARGE:
            raise ApiError(f"{error.message}; give a smaller --batch") from error
        raise error
    problem: dict[str, Any] = error.answer.body
    if "errors" in problem:
        return _refused(batch, problem["errors"])
    if len(batch.rows) == 1:
        return _refused(batch, [{"index": 0, "field": "", "detail": "refused", **problem}])
    raise error


def _refused(batch: Batch, errors: Iterable[dict[str, Any]]) -> list[Refused]:
    return [
        Refused(
            row.number,
            f"{error['field']}: {error['detail']}" if error["field"] else error["detail"],
            dict(row.values),
        )
        for error in errors
        for row in [batch.rows[error["index"]]]
    ]
