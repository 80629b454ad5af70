"""The simulation notices: each mechanism of design section 4, taken away, breaks the promise that it keeps."""

import pytest

from tests.simulation.checks import breaches
from tests.simulation.mutations import MUTATIONS
from tests.simulation.simulation import Simulation

SEEDS = 300


@pytest.mark.parametrize("without", MUTATIONS)
def test_without_a_mechanism_the_simulation_fails(without: str) -> None:
    """Among a few hundred seeds one finds the promise broken; the unpatched code does the checking."""
    mutate, promise = MUTATIONS[without]
    for seed in range(SEEDS):
        with pytest.MonkeyPatch.context() as patch:
            mutate(patch)
            outcome = Simulation(seed).run()
        if promise in dict(breaches(outcome)):
            return
    pytest.fail(f"{SEEDS} seeds without the {without}, and {promise} hold")


def test_without_the_version_condition_the_simulation_fails() -> None:
    """Two invocations that hold one lead at once would overwrite each other's counts."""
    for seed in range(SEEDS):
        try:
            outcome = Simulation(seed, versions_hold=False).run()
        except AssertionError:
            continue  # leads that overwrite each other's kin may never come to rest
        if "counts" in dict(breaches(outcome)):
            return
    pytest.fail(f"{SEEDS} seeds without the version condition, and the counts hold")
