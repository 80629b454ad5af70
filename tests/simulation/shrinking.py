"""A seed that fails, made small: requests and faults are taken away for as long as the same promise breaks."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tests.simulation.checks import Breach, breaches
from tests.simulation.simulation import FAULTS, WHOLE, Cut, Outcome, Simulation

MOST_RUNS = 200
SALTS = range(3)  # what is left of a seed takes another course: more than one is tried
REST = "rest"
Course = Callable[..., Simulation]
Check = Callable[[Simulation, Outcome], Iterable[Breach]]


class Failure(NamedTuple):
    """A run that breaks promises. `steps`: the scheduler's."""

    cut: Cut
    found: list[Breach]
    trace: list[str]
    planned: int
    steps: int


def every_promise(_: Simulation, outcome: Outcome) -> Iterable[Breach]:
    """What the general simulation is held against."""
    return breaches(outcome)


def attempt(course: Course, check: Check, cut: Cut = WHOLE, *, most_steps: int | None = None) -> Failure:
    """Runs a seed, or a part of it. `found` is empty where every promise holds."""
    trace: list[str] = []
    simulation = course(trace=trace, cut=cut)
    scheduler = simulation.scheduler
    scheduler.most_steps = most_steps or scheduler.most_steps
    try:
        found = list(check(simulation, simulation.run()))
    except AssertionError as error:
        found = [(REST, str(error))]
    return Failure(cut, found, trace, simulation.planned, scheduler.steps)


def shortest(course: Course, check: Check = every_promise, *, most_runs: int = MOST_RUNS) -> Failure:
    """The failure with the shortest trace that was found, always the same one.

    Args:
        course: makes the seed's simulation, given `trace` and `cut`.
        check: the breaches of a run.
        most_runs: how often it may be run.
    """
    whole = attempt(course, check)
    if not whole.found or whole.found[0][0] == REST:
        return whole
    runs = iter(range(most_runs))

    def fails(cut: Cut) -> Failure | None:
        for salt in dict.fromkeys((cut.salt, *SALTS)):
            if next(runs, None) is None:
                return None
            found = attempt(course, check, cut._replace(salt=salt), most_steps=2 * whole.steps)
            if whole.found[0][0] in dict(found.found):
                return found
        return None

    best = next(filter(None, (fails(Cut(faults=most)) for most in FAULTS)), whole)
    kept = tuple(range(whole.planned))
    size = len(kept) // 2
    while size:
        for part in _without(kept, size):
            smaller = fails(best.cut._replace(kept=part))
            if smaller:
                best, kept = smaller, part
                break
        else:
            size //= 2
    return best


def told(seed: int, failure: Failure) -> str:
    """The breaches of a seed and the trace of its shortest failure, for people."""
    kept = failure.planned if failure.cut.kept is None else len(failure.cut.kept)
    return "\n".join(
        [
            *(f"seed {seed}: {promise}: {what}" for promise, what in failure.found[:5]),
            f"its shortest trace: {kept} of {failure.planned} requests, {len(failure.trace)} lines:",
            *failure.trace[-400:],
        ]
    )


def _without(kept: tuple[int, ...], size: int) -> Iterator[tuple[int, ...]]:
    """What is left where each run of so many is taken away in turn, the last first."""
    for start in reversed(range(0, len(kept), size)):
        yield kept[:start] + kept[start + size :]
