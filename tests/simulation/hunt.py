"""Runs seeds until one breaks a promise, and shows its shortest trace.

Examples:
  python -m tests.simulation.hunt --seeds 5000
  python -m tests.simulation.hunt --first 1234 --seeds 1            one seed again
  python -m tests.simulation.hunt --course redrive --promise folds
"""

import argparse
import gc
import sys
from collections.abc import Iterator, Mapping
from functools import partial

import msgspec

from tests.simulation.checks import Breach
from tests.simulation.redriving import Lossy
from tests.simulation.shrinking import Course, attempt, every_promise, shortest, told
from tests.simulation.simulation import Simulation

COURSES: Mapping[str, Course] = {"general": Simulation, "redrive": Lossy}
SWEPT = 50  # seeds between two collections


class Caught(msgspec.Struct):
    """The first seed that breaks a promise; -1 where none does."""

    seed: int = -1
    promise: str = ""
    what: str = ""


def hunt(course: str, seeds: Iterator[int] | range, *, promise: str = "") -> Caught:
    """The first of the seeds that breaks the promise, or any."""
    gc.disable()  # a seed's world is garbage when it is done
    for number, seed in enumerate(seeds):
        found = [each for each in _breaches(course, seed) if promise in ("", each[0])]
        if found:
            return Caught(seed, *found[0])
        if number % SWEPT == SWEPT - 1:
            gc.collect()
    return Caught()


def _breaches(course: str, seed: int) -> list[Breach]:
    return attempt(partial(COURSES[course], seed), every_promise).found


def main() -> None:
    """Exits 1 where a promise is broken."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation.hunt", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--course", choices=COURSES, default="general", help="which simulation")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=300, help="how many seeds, at most")
    parser.add_argument("--promise", default="", help="only this one, as a breach names it: counts, folds, events, ...")
    parser.add_argument("--json", action="store_true", help="one line for programs, no trace")
    asked = parser.parse_args()
    caught = hunt(asked.course, range(asked.first, asked.first + asked.seeds), promise=asked.promise)
    if asked.json:
        print(msgspec.json.encode(caught).decode())
    elif caught.seed < 0:
        print(f"{asked.seeds} seeds: every promise holds")
    else:
        print(told(caught.seed, shortest(partial(COURSES[asked.course], caught.seed))))
    sys.exit(caught.seed >= 0)


if __name__ == "__main__":
    main()
