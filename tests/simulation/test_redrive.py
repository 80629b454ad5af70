"""Streams give batches up, deliveries run out of retries: what redrive brings back is as if nothing had been lost."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from functions.repair import handler as repair
from leadlight.runtime.repair import redrive
from tests.simulation.checks import breaches
from tests.simulation.simulation import CONTEXT, Simulation

CHUNK = 50

repair.logger.setLevel("ERROR")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A tenth of `--seeds`, in chunks that workers share."""
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, max(CHUNK, metafunc.config.getoption("seeds") // 10), CHUNK))


class Lossy(Simulation):
    """Now and then whatever waits in a lane is given up, and an event ends as a dead letter; redrive runs among it."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        # A fact that expires while its record waits leaves nothing to redrive: batches are kept for 14 days.
        self.world.retention_days = max(self.world.retention_days, 40)
        self.batches = 0
        self._cursor: str | None = None
        self._asking = False

    def _next_start(self) -> Callable[[], None] | None:
        if self.random.random() < 0.05:
            self._lose()
        if not self._asking and self._cursor is not None:
            return self._ask
        if not self._asking and self.random.random() < 0.02:
            self._cursor = ""
            return self._ask
        start = super()._next_start()
        if start is None and not self._asking and self._is_left():
            self._cursor = ""
            return self._ask
        return start

    def _lose(self) -> None:
        world = self.world
        lanes = [lane for _, _, stream in self._mappings for lane in stream.lanes if lane.records and not lane.busy]
        if lanes:
            lane = lanes[int(self.random.random() * len(lanes))]
            records, number = list(lane.records), self.batches
            lane.records.clear()
            payload = msgspec.json.encode({"Records": list(map(_as_json, records))}).decode()
            world.failed.given_up[f"aws/lambda/{number:06d}"] = msgspec.json.encode({"payload": payload})
            self.batches += 1
        events = world.bus.undelivered
        if events and self.random.random() < 0.5:
            event = events.pop()
            letter = {"detail-type": event.detail_type, "detail": json.loads(event.detail)}
            world.letters.waiting["nurture"].append(json.dumps(letter))

    def _is_left(self) -> bool:
        self.world.letters.come_back()
        return bool(self.world.failed.given_up or any(self.world.letters.waiting.values()))

    def _ask(self) -> None:
        self._asking = True
        event = {
            "routeKey": "POST /v1/redrive",
            "queryStringParameters": {"next": self._cursor},
            "requestContext": {"http": {"method": "POST"}, "requestId": "redrive"},
        }

        def done(answer: Any) -> None:
            self._asking = False
            if isinstance(answer, dict) and answer["statusCode"] == 200:
                self._cursor = json.loads(answer["body"])["next"]

        self._start("redrive", lambda: repair.lambda_handler(event, CONTEXT), done)


def _as_json(record: dict[str, Any]) -> dict[str, Any]:
    """A record as JSON can hold it; no image of it is read but of what is gone."""
    change = {name: value for name, value in record["dynamodb"].items() if "fold" not in value}
    return {**record, "dynamodb": change}


def test_what_was_lost_and_redriven_ends_as_if_it_had_come(first: int) -> None:
    """Folds, decisions, events and enrollments, with crashes, throttles and concurrent invocations around."""
    batches = 0
    for seed in range(first, first + CHUNK):
        run = Lossy(seed)
        found = breaches(run.run())
        assert not found, (seed, found[:5])
        batches += run.batches
    assert batches > CHUNK


def test_redrive_that_removes_first_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above finds what it is there for: a crash between the two would lose the batch."""
    bring_back = redrive._batch

    def removed_first(raw: bytes, ports: Any, done: Counter[str]) -> bool:
        [place] = [place for place, held in ports.failed.given_up.items() if held == raw]
        ports.failed.cut(place, None)
        return bring_back(raw, ports, done)

    monkeypatch.setattr(redrive, "_batch", removed_first)
    assert any(breaches(Lossy(seed).run()) for seed in range(60))
