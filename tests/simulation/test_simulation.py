"""The real handlers under everything that at-least-once delivery does to them (design, section 4)."""

import gc
from collections.abc import Iterator
from functools import partial

import pytest

from tests.simulation.checks import breaches
from tests.simulation.shrinking import shortest, told
from tests.simulation.simulation import Simulation

CHUNK = 50


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """As many seeds as `--seeds` says, in chunks that workers share."""
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, metafunc.config.getoption("seeds"), CHUNK))


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    """A seed's world is garbage when it is done: collecting it once per chunk is a quarter faster.

    What was there before, modules mostly, is not looked at.
    """
    gc.disable()
    gc.freeze()
    yield
    gc.collect()
    gc.unfreeze()
    gc.enable()


def test_nothing_is_lost_and_nothing_is_doubled(first: int) -> None:
    """Promises 1 and 2: crashes, throttles, duplicates, late facts and concurrent invocations leave no mark."""
    for seed in range(first, first + CHUNK):
        found = breaches(Simulation(seed).run())
        assert not found, told(seed, shortest(partial(Simulation, seed)))


def test_a_seed_is_one_course_of_events() -> None:
    """A seed that fails fails again: its trace is the same, call by call."""
    traces: list[list[str]] = [[], []]
    for trace in traces:
        Simulation(7, trace=trace).run()
    assert traces[0] == traces[1]
    assert len(traces[0]) > 50
