"""The simulation's own promise: an invocation's leads are brought in between each other, crash together, and wait."""

from itertools import pairwise
from random import Random
from typing import Any

from tests.simulation.hands import SimulatedHands
from tests.simulation.scheduler import Crash, Scheduler
from tests.simulation.simulation import Simulation


def test_the_leads_of_a_batch_come_between_each_other() -> None:
    """Pieces of one invocation take turns at I/O points, and some of them wait for what was throttled."""
    turns = waits = 0
    for seed in range(20):
        trace: list[str] = []
        made = Simulation(seed, trace=trace)
        made.run()
        waits += len(made.world.hands.waited)
        pieces = [line.split(" ")[2:4] for line in trace if line.startswith("  rescore ") and "/" in line.split(" ")[3]]
        turns += sum(one != other and of(one) == of(other) for one, other in pairwise(pieces))
    assert turns > 100
    assert waits > 20


def test_a_crash_of_one_piece_ends_them_all() -> None:
    """Nothing of the sandbox goes on after it, whoever was in the middle of something or had not begun."""
    for seed in range(20):
        steps, outcomes = run(seed, Crash())
        assert [type(outcome) for outcome in outcomes] == [Crash]
        assert steps[-1] == "crash"


def test_an_error_of_one_piece_is_raised_when_all_have_ended() -> None:
    """As of threads."""
    for seed in range(20):
        steps, outcomes = run(seed, ValueError("one"))
        assert [str(outcome) for outcome in outcomes] == ["one"]
        assert steps.count("go") == 4 * 5 + 2


def run(seed: int, error: BaseException) -> tuple[list[str], list[Any]]:
    """An invocation of five pieces of five steps, of which one ends in the middle: the steps, and how it ended."""
    scheduler = Scheduler(Random(seed), faults=0, switches=0.8, at_once=8)
    hands = SimulatedHands(scheduler)
    steps: list[str] = []
    outcomes: list[Any] = []

    def piece(number: int) -> None:
        for step in range(5):
            if number == 2 and step == 2:
                steps.append("crash")
                raise error
            scheduler.call("step", lambda: steps.append("go"))

    def start() -> None:
        scheduler.start("five", lambda: hands.abreast(piece, range(5)), outcomes.append)

    starts = [start]
    scheduler.run(lambda: starts.pop() if starts else None)
    return steps, outcomes


def of(piece: list[str]) -> str:
    """The invocation of a piece."""
    return " ".join(piece).partition("/")[0]
