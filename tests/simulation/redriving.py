"""Streams that give batches up and deliveries that run out of retries, and redrive among it: one seed's course."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from functions.repair import handler as repair
from tests.simulation.simulation import CONTEXT, Simulation

repair.logger.setLevel("ERROR")


class Lossy(Simulation):
    """Now and then whatever waits in a lane is given up, and an event ends as a dead letter; redrive runs among it."""

    def __init__(self, seed: int, **options: Any) -> None:
        super().__init__(seed, **options)
        # A fact that expires while its record waits leaves nothing to redrive: batches are kept for 14 days.
        self.world.retention_days = max(self.world.retention_days, 40)
        self._keep_longer()
        self.batches = 0
        self._notices = self.random.choice((0.02, 0.004))  # how soon an operator redrives what was given up
        self._redrive_from: str | None = None
        self._redriving = False

    def _next_start(self) -> Callable[[], None] | None:
        if self.random.random() < 0.05:
            self._lose()
        if not self._redriving and self._redrive_from is not None:
            return self._redrive
        if not self._redriving and self.random.random() < self._notices:
            self._redrive_from = ""
            return self._redrive
        start = super()._next_start()
        if start is None and not self._redriving and self._is_left():
            self._redrive_from = ""
            return self._redrive
        return start

    def _lose(self) -> None:
        world = self.world
        lanes = [lane for lane, _, _ in self._lanes if lane.records and not lane.busy]
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
        if world.runs.queue and self.random.random() < 0.5:
            world.letters.waiting["sweep"].append(world.runs.queue.pop())

    def _is_left(self) -> bool:
        self.world.letters.come_back()
        return bool(self.world.failed.given_up or any(self.world.letters.waiting.values()))

    def _redrive(self) -> None:
        self._redriving = True
        event = {
            "routeKey": "POST /v1/redrive",
            "queryStringParameters": {"next": self._redrive_from},
            "requestContext": {"http": {"method": "POST"}, "requestId": "redrive"},
        }

        def done(answer: Any) -> None:
            self._redriving = False
            if isinstance(answer, dict) and answer["statusCode"] == 200:
                self._redrive_from = json.loads(answer["body"])["next"]

        self._start("redrive", lambda: repair.lambda_handler(event, CONTEXT), done)


def _as_json(record: dict[str, Any]) -> dict[str, Any]:
    """A record as JSON can hold it; of a lead's image nothing is read but the outbox."""
    change = {name: _without_fold(value) for name, value in record["dynamodb"].items()}
    return {**record, "dynamodb": change}


def _without_fold(value: Any) -> Any:
    return {name: held for name, held in value.items() if name == "outbox"} if "fold" in value else value
