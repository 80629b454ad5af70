"""A lead's score on past days, from the fold that it has today: no row per day is stored."""

from collections.abc import Iterable

from leadlight.scoring.engine import Engine
from leadlight.scoring.score import Totals
from leadlight.state.fold import Fold

DEPTH = 33  # days back that a fold can tell exactly

Series = list[tuple[int, Totals]]  # by day number, at the end of the day


def history(engine: Engine, fold: Fold, days: Iterable[int]) -> Series:
    """The score at the end of each day, in the order of the days."""
    return [(day, engine.totals(fold, day)) for day in days]


def past_days(as_of: int, count: int = DEPTH) -> range:
    """The last so many days, up to `as_of`."""
    return range(as_of - count + 1, as_of + 1)
