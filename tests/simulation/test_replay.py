"""A translator is broken for a while: what is replayed once it is mended ends as if it had always been understood."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zlib import crc32

import pytest

from functions.repair import handler as repair
from leadlight import sources
from leadlight.activity import Activity
from leadlight.problems import MalformedEvent
from leadlight.runtime.repair import replay
from tests.simulation import checks
from tests.simulation.simulation import CONTEXT, Simulation

CHUNK = 50
SEGMENT = sources.SOURCES["segment"]
REASON = "the translator is broken"

repair.logger.setLevel("ERROR")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A tenth of `--seeds`, in chunks that workers share."""
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, max(CHUNK, metafunc.config.getoption("seeds") // 10), CHUNK))


class Outage(Simulation):
    """A third of Segment's calls are not understood for some weeks; then they are replayed."""

    def __init__(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(seed)
        # A failed event is kept for 30 days: what is replayed is never past retention.
        self.world.retention_days = 400
        self.failures = 0
        self._broken = True
        self._mended_at = self.world.clock + timedelta(days=25)  # failed events are kept for 30
        self._cursor: str | None = ""
        self._asking = False
        monkeypatch.setitem(sources.SOURCES, "segment", replace(SEGMENT, activity=self._translated))

    def _translated(self, event: Any) -> Activity:
        activity = SEGMENT.activity(event)
        if self._broken and crc32(activity.id.encode()) % 3 == 0:
            self.failures += 1
            raise MalformedEvent(REASON, field="event")
        return activity

    def _next_start(self) -> Callable[[], None] | None:
        over = not self.due or self.world.clock > self._mended_at
        if self._broken and over and not self.scheduler.busy:
            self._broken = False
        if not self._broken and self._cursor is not None and not self._asking:
            return self._ask
        return super()._next_start()

    def _ask(self) -> None:
        self._asking = True
        event = {
            "routeKey": "POST /v1/failed-events/replay",
            "queryStringParameters": {"reason": REASON, "next": self._cursor},
            "requestContext": {"http": {"method": "POST"}, "requestId": "replay"},
        }

        def done(answer: Any) -> None:
            self._asking = False
            if isinstance(answer, dict) and answer["statusCode"] == 200:
                self._cursor = json.loads(answer["body"])["next"]

        self._start("replay", lambda: repair.lambda_handler(event, CONTEXT), done)

    def breaches(self) -> list[checks.Breach]:
        """All promises but that of the answers: these told of the failures."""
        outcome = self.run()
        kept = [
            kept for kept, _ in self.world.failed.kept_by_id.values() if REASON in kept.reason and not kept.replayed_at
        ]
        promises = (
            checks.errors,
            checks.facts_are_those_accepted,
            checks.folds_are_exact,
            checks.decisions_are_legal,
            checks.events_match_decisions,
            checks.enrollments_follow,
        )
        found = [breach for check in promises for breach in check(outcome)]
        return [*found, *(("replay", f"{each.id} still waits") for each in kept)]


def test_what_failed_and_was_replayed_counts_as_if_it_had_come(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every accepted fact is stored and counted once, with crashes, throttles and concurrent invocations around."""
    failures = 0
    for seed in range(first, first + CHUNK):
        run = Outage(seed, monkeypatch)
        found = run.breaches()
        assert not found, (seed, found[:5])
        failures += run.failures
    assert failures > CHUNK


def test_a_replay_that_marks_first_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above finds what it is there for: a crash between the two would lose the facts."""
    taken_in = replay._from_vendor

    def marked_first(kept: Any, raw: bytes, ports: Any) -> Any:
        ports.failed.settle(kept._replace(replayed_at=ports.now()))
        return taken_in(kept, raw, ports)

    monkeypatch.setattr(replay, "_from_vendor", marked_first)
    assert any(Outage(seed, monkeypatch).breaches() for seed in range(60))
