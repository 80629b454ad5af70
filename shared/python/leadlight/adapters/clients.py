"""botocore clients, and its errors in our words."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import botocore
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from leadlight.ports import Conflict, Unavailable

BATCH = 25
_GET_BATCH = 100
_ROUNDS = 5
_PAUSE = 0.05  # seconds after the first round; twice as long after each
_CONFIG = Config(
    parameter_validation=False,  # the adapters' tests see to it, and it is a tenth of a put's CPU
    user_agent=f"leadlight Botocore/{botocore.__version__}",  # botocore's own is put together anew for each call
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,
)
_CANCELED = "TransactionCanceledException"
# Of a call, and among the reasons that a transaction was canceled for. A call that meets a transaction under way is no
# conflict: whether its condition holds is not known yet.
_CONFLICTS = {
    "ConditionalCheckFailedException",
    _CANCELED,  # where it says no reason
    "ConditionalCheckFailed",
    "TransactionConflict",
}
OURS = {"ValidationException", "SerializationException", "ValidationError"}  # what we sent is wrong, and would be again


@cache
def client(service: str) -> Any:
    """The process's client of a service; region and credentials come from the sandbox."""
    return botocore.session.get_session().create_client(service, config=_CONFIG)


def call(method: Callable[..., Any], **arguments: Any) -> Any:
    """Calls AWS.

    Raises:
        Conflict: a condition did not hold.
        Unavailable: throttled, out of reach or not allowed, after the client's own retries.
        ClientError: the call itself is wrong: to repeat it would not help.
    """
    try:
        return method(**arguments)
    except ClientError as error:
        codes = _codes(error)
        if codes & OURS:
            raise
        if codes & _CONFLICTS:
            raise Conflict(str(error)) from error
        raise Unavailable(str(error)) from error
    except BotoCoreError as error:
        raise Unavailable(str(error)) from error


def _codes(error: ClientError) -> set[str]:
    """What went wrong: of a transaction, why it was canceled. A throttled one is no conflict."""
    code = str(error.response["Error"].get("Code", ""))
    reasons: Any = error.response.get("CancellationReasons") if code == _CANCELED else None
    return {str(each.get("Code")) for each in reasons or ()} or {code}


def batch_write(client: Any, table: str, items: list[dict[str, Any]]) -> None:
    """Puts items 25 at a time, again what was left over.

    Raises:
        Unavailable: some were still left over after five rounds.
    """
    _batches(client, table, [{"PutRequest": {"Item": item}} for item in items])


def batch_delete(client: Any, table: str, keys: list[dict[str, Any]]) -> None:
    """Deletes items in the same way."""
    _batches(client, table, [{"DeleteRequest": {"Key": key}} for key in keys])


def batch_get(client: Any, table: str, keys: Sequence[Mapping[str, Any]], *, consistent: bool = False) -> Iterator[Any]:
    """Those of some items that exist, 100 at a time, in any order.

    Raises:
        Unavailable: some were still left unread after five rounds.
    """
    for start in range(0, len(keys), _GET_BATCH):
        left: Mapping[str, Any] = {table: {"Keys": keys[start : start + _GET_BATCH], "ConsistentRead": consistent}}
        for attempt in range(_ROUNDS):
            answer = call(client.batch_get_item, RequestItems=left)
            yield from answer["Responses"].get(table, [])
            left = answer.get("UnprocessedKeys") or {}
            if not left:
                break
            time.sleep(_PAUSE * 2**attempt)
        else:
            raise Unavailable(f"{table} left keys unread")


def _batches(client: Any, table: str, requests: list[dict[str, Any]]) -> None:
    for start in range(0, len(requests), BATCH):
        left = {table: requests[start : start + BATCH]}
        for attempt in range(_ROUNDS):
            left = call(client.batch_write_item, RequestItems=left).get("UnprocessedItems") or {}
            if not left:
                break
            time.sleep(_PAUSE * 2**attempt)
        else:
            raise Unavailable(f"{table} left {len(left[table])} items unwritten")
