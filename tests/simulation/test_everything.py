"""Everything at once: what each mechanism promises by itself holds while all the others are at work."""

import gc
import os
import subprocess
import sys
import weakref
from functools import partial

import pytest

from tests.simulation.everything import Everything, broken
from tests.simulation.shrinking import shortest, told

CHUNK = 20
COURSE = """
from tests.simulation.everything import Everything
for seed in (9, 40):
    Everything(seed, trace=(trace := [])).run()
    print(*trace, sep="\\n")
"""
SHARE = 0.05  # of the seeds of the simulation: 100 in the suite; `make soak` runs all


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The suite's share of the seeds, in chunks that workers share; all of those that are asked for."""
    if "first" in metafunc.fixturenames:
        asked = metafunc.config.getoption("seeds")
        metafunc.parametrize("first", range(0, int(asked * SHARE) if asked == 2_000 else asked, CHUNK))


def test_every_promise_holds_while_everything_goes_on(first: int) -> None:
    """Traffic, merges, publishes, sweeps, erasure, TTL, batches given up and redriven; the audit finds nothing."""
    forgotten = published = given_up = merged = 0
    for seed in range(first, first + CHUNK):
        run = Everything(seed)
        outcome = run.run()
        found = list(broken(run, outcome))
        assert not found, told(seed, shortest(partial(Everything, seed), broken))
        forgotten += bool(run.world.forgotten.marked)
        published += run.world.models.newest.release.number > 0
        given_up += run.batches > 0
        merged += any(state.kin.root for state in outcome.states)
    assert min(forgotten, published, given_up) > CHUNK / 10  # of a dozen each, by the draw
    assert merged


def test_a_seed_is_one_course_of_events_in_every_process() -> None:
    """In whatever order that process has its sets: a seed that failed in the suite fails again when it is looked at."""

    def course(order: str) -> str:
        settings = {**os.environ, "PYTHONHASHSEED": order, "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(
            [sys.executable, "-c", COURSE], env=settings, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    found = course("1")
    assert found.count("\n") > 1_000
    assert course("2") == found


def test_a_world_that_is_done_is_let_go() -> None:
    """An invocation that starts others as it ends does not wait for them: 20,000 seeds fit into memory."""
    for seed in range(5):
        run = Everything(seed)
        run.run()
        world = weakref.ref(run.world)
        del run
        gc.collect()
        assert world() is None
