"""The simulation notices: each mechanism, taken away, breaks the promise that it keeps."""

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
