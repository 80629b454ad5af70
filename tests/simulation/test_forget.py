"""Forgetting in the middle of everything: whatever is in flight, late, doubled or crashed, nothing of the lead is left."""

import pytest

from leadlight.runtime import forgotten
from tests.simulation.forgetting import Forgetful, left

CHUNK = 50


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A tenth of `--seeds`, in chunks that workers share."""
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, max(CHUNK, metafunc.config.getoption("seeds") // 10), CHUNK))


def test_nothing_is_left_of_who_was_forgotten(first: int) -> None:
    """Crashes, throttles, duplicates, late facts and concurrent invocations around it put nothing back."""
    asked = 0
    for seed in range(first, first + CHUNK):
        run = Forgetful(seed)
        outcome = run.run()
        found = list(left(outcome.world))
        assert not found, (seed, found[:5])
        assert run.asking or not outcome.world.forgotten.todo, seed
        asked += bool(outcome.world.forgotten.marked)
    assert asked > CHUNK / 2


def test_without_the_marker_somebody_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above finds what it is there for."""
    monkeypatch.setattr(forgotten, "admitted", lambda _state, news, _ports: news)
    assert any(list(left(Forgetful(seed).run().world)) for seed in range(20))
