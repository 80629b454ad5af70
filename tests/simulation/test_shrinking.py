"""A seed that fails is told by the shortest course of events that breaks the same promise."""

from functools import partial

import pytest

from tests.simulation.mutations import MUTATIONS
from tests.simulation.shrinking import attempt, every_promise, shortest, told
from tests.simulation.simulation import Simulation

RUNS = 100


def failing() -> partial[Simulation]:
    """The first seed in which a batch that says that all went well loses something."""
    courses = (partial(Simulation, seed) for seed in range(100))
    return next(course for course in courses if "counts" in dict(attempt(course, every_promise).found))


def test_a_shrunk_trace_is_shorter_and_breaks_the_same_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests that have nothing to do with it are gone, and a second time finds the same."""
    mutate, _ = MUTATIONS["report of failures"]
    mutate(monkeypatch)
    course = failing()
    whole = attempt(course, every_promise)
    shrunk = shortest(course, most_runs=RUNS)
    assert whole.found[0][0] in dict(shrunk.found)
    assert shrunk.cut.kept is not None
    assert len(shrunk.cut.kept) < whole.planned / 2
    assert len(shrunk.trace) < len(whole.trace) / 2
    again = attempt(course, every_promise, shrunk.cut)
    assert again.trace == shrunk.trace
    assert shrunk.trace[-1] in told(0, shrunk)


def test_a_seed_that_holds_is_not_shrunk() -> None:
    """There is nothing to look for."""
    assert not shortest(partial(Simulation, 7)).found
