from typing import Any

from leadlight.adapters.clients import client


def test_every_request_says_that_it_is_leadlights(aws: Any) -> None:
    sent: list[bytes] = []
    dynamodb = client("dynamodb")
    dynamodb.meta.events.register_first("before-send", lambda request, **_: sent.append(request.headers["User-Agent"]))
    dynamodb.list_tables()
    assert sent
    assert sent[0].startswith(b"leadlight Botocore/1.")
