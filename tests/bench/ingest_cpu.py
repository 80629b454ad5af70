"""CPU of ingest, from API Gateway's event to the signed request, beside a bare botocore put.

There is no network in it: both clients are answered by the same stub.
"""

from collections.abc import Iterator
from io import BytesIO
from random import Random
from typing import Any

import botocore.session
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders

from leadlight.adapters.clients import client
from tests.bench import traffic
from tests.bench.rounds import cpu_seconds
from tests.bench.row import Row, at_most, ratio_at_most, row
from tests.bench.units import NOW
from tests.bench.world import World, sandbox

PEER = "bare botocore put of the same fact"
BATCH = 100


class _Body(BytesIO):
    """What botocore reads an answer from."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def rows(*, quick: bool) -> list[Row]:
    """One activity per request, and a hundred."""
    repeat = 5 if quick else 100
    with sandbox(NOW) as world:
        bare: Any = botocore.session.get_session().create_client("dynamodb")
        _answer(bare)
        sent = _answer(client("dynamodb"))
        single = _requests(repeat, of=1)
        batches = _requests(max(1, repeat // 20), of=BATCH)
        world.invoke("ingest", single[0])
        put = sent[-1]
        seconds = cpu_seconds(
            {
                "single": lambda: _post(world, single),
                "bare": lambda: [bare.put_item(**put) for _ in single],
                "batch": lambda: _post(world, batches),
            },
            rounds=2 if quick else 21,
        )
    put_ms = seconds["bare"] / len(single) * 1000
    return [
        row(
            "ingest CPU, one activity per request",
            seconds["single"] / len(single) * 1000,
            "ms",
            peer=PEER,
            peer_value=put_ms,
            budget=ratio_at_most(1.2),
        ),
        row(
            f"ingest CPU per activity, {BATCH} per request",
            seconds["batch"] / len(batches) / BATCH * 1000,
            "ms",
            peer=PEER,
            peer_value=put_ms,
            budget=at_most(0.2, "ms"),
        ),
    ]


def _requests(count: int, *, of: int) -> list[dict[str, Any]]:
    random = Random(count)
    return [
        traffic.request(list(traffic.history(random, f"lead{number}", of, until=NOW, days=1)))
        for number in range(count)
    ]


def _post(world: World, requests: list[dict[str, Any]]) -> None:
    for request in requests:
        assert world.invoke("ingest", request)["statusCode"] == 202


def _answer(dynamodb: Any) -> list[dict[str, Any]]:
    """Answers every request of a client at once; returns the list that its puts are noted in."""
    sent: list[dict[str, Any]] = []

    def answer(request: AWSRequest, **_: Any) -> AWSResponse:
        return AWSResponse(str(request.url), 200, HTTPHeaders(), _Body(b"{}"))

    def note(params: dict[str, Any], **_: Any) -> None:
        sent[:] = [dict(params)]

    dynamodb.meta.events.register("before-send.dynamodb", answer)
    dynamodb.meta.events.register_first("provide-client-params.dynamodb.PutItem", note)
    return sent
