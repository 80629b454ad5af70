from typing import Any

import pytest
from botocore.exceptions import ClientError

from leadlight.adapters.clients import call, client
from leadlight.ports import Conflict, Unavailable


def test_every_request_says_that_it_is_leadlights(aws: Any) -> None:
    sent: list[bytes] = []
    dynamodb = client("dynamodb")
    dynamodb.meta.events.register_first("before-send", lambda request, **_: sent.append(request.headers["User-Agent"]))
    dynamodb.list_tables()
    assert sent
    assert sent[0].startswith(b"leadlight Botocore/1.")


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["ConditionalCheckFailed", "None"], Conflict),
        (["None", "TransactionConflict"], Conflict),
        (["ThrottlingError", "ConditionalCheckFailed"], Conflict),  # to read again is what helps
        (["None", "ThrottlingError"], Unavailable),
        (["ProvisionedThroughputExceeded", "None"], Unavailable),
        (["None", "ValidationError"], ClientError),
        ([], Conflict),
    ],
)
def test_a_canceled_transaction_is_what_it_was_canceled_for(reasons: list[str], expected: type[Exception]) -> None:
    def canceled() -> None:
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException"},
            "CancellationReasons": [{"Code": reason} for reason in reasons],
        }
        raise ClientError(answer, "TransactWriteItems")

    with pytest.raises(expected):
        call(canceled)


def test_a_call_that_meets_a_transaction_goes_again() -> None:
    """It is no broken condition: whoever takes one for "a newer one is stored" would be wrong."""

    def met() -> None:
        raise ClientError({"Error": {"Code": "TransactionConflictException"}}, "DeleteItem")

    with pytest.raises(Unavailable):
        call(met)
