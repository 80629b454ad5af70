"""A crowd: each activity posted three times, in any order, by several clients at once."""

from datetime import datetime, timedelta
from random import Random

import pytest

from tests.simulation.checks import breaches
from tests.simulation.requests import Request
from tests.simulation.simulation import Simulation
from tests.simulation.traffic import DAYS, START, Traffic

LEADS, ACTIVITIES, TIMES = 50, 500, 3


class Crowd(Traffic):
    """500 activities of 50 leads."""

    def __init__(self, random: Random, *, tangled: bool) -> None:
        super().__init__(random, tangled=tangled)
        self.leads, self.hot = LEADS, 0.0

    def plan(self) -> list[tuple[datetime, Request]]:
        drawn = [self.draw() for _ in range(ACTIVITIES)]
        posted = [
            (START + timedelta(days=DAYS + 3 * self.random.random()), sent) for _, sent in drawn for _ in range(TIMES)
        ]
        return [(moment, self.request([sent])) for moment, sent in posted]


@pytest.mark.parametrize("seed", range(2))
def test_a_crowd_posted_three_times_counts_once(seed: int) -> None:
    """Folds are those of a single ordered pass, decisions are legal, and each has one event id."""
    outcome = Simulation(seed, traffic=Crowd).run()
    assert len(outcome.answers) >= ACTIVITIES * TIMES
    assert not breaches(outcome)
