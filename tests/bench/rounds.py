"""Timing of several candidates in turns; the fastest turn of each counts, since a busy neighbor only ever adds to one."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

Clock = Callable[[], float]


def cpu_seconds(
    candidates: Mapping[str, Callable[[], object]], *, rounds: int, clock: Clock = time.process_time
) -> dict[str, float]:
    """The least seconds of CPU that a turn of each candidate took, after one round to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    with _without_collector():
        for turn in range(rounds + 1):
            for name, candidate in candidates.items():
                start = clock()
                candidate()
                if turn:
                    taken[name].append(clock() - start)
    return {name: min(seconds) for name, seconds in taken.items()}


@contextmanager
def _without_collector() -> Iterator[None]:
    """As `timeit` does it: the collector would walk through what the bench itself holds."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
