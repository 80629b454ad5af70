"""Streams give batches up, deliveries run out of retries: what redrive brings back is as if nothing had been lost."""

from collections import Counter
from typing import Any

import pytest

from leadlight.runtime.repair import redrive
from tests.simulation.checks import breaches
from tests.simulation.redriving import Lossy

CHUNK = 50


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A tenth of `--seeds`, in chunks that workers share."""
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, max(CHUNK, metafunc.config.getoption("seeds") // 10), CHUNK))


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
