"""Who is one person: any order, repetition, crash and concurrency ends in the folds that the union of facts gives."""

from random import Random

import pytest

from tests.simulation.checks import breaches
from tests.simulation.simulation import Simulation
from tests.simulation.traffic import Traffic

CHUNK = 25
SHARE = 0.15  # of the seeds of the simulation: 300 in the suite; `make soak` runs all


class Crowded(Traffic):
    """Up to five leads whose tools tell of them by different identities."""

    def __init__(self, random: Random, *, tangled: bool) -> None:
        super().__init__(random, tangled=tangled)
        self.leads = random.randint(2, 5)
        self.hot = random.choice((0.2, 0.5))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The suite's share of the seeds, in chunks that workers share; all of those that are asked for."""
    if "first" in metafunc.fixturenames:
        asked = metafunc.config.getoption("seeds")
        seeds = int(asked * SHARE) if asked == 2_000 else asked
        metafunc.parametrize("first", range(0, seeds, CHUNK))


def test_merges_and_unmerges_end_in_the_union_of_facts(first: int) -> None:
    """Roots are those of the graph of all that was said, and folds those of one pass; who was taken out is alone."""
    for seed in range(first, first + CHUNK):
        found = breaches(Simulation(seed, traffic=Crowded, tangled=True).run())
        assert not found, (seed, found[:5])
