"""The coming days of a lead that does nothing: its points fade, windows end, thresholds are crossed."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from leadlight.model.structs import Model
from leadlight.scoring.engine import Engine
from leadlight.scoring.history import Series, history
from leadlight.scoring.score import Totals
from leadlight.scoring.target import lines, targets
from leadlight.state.fold import Fold


class Crossing(NamedTuple):
    """A day on which something is other than the day before.

    `threshold`: a lifecycle stage's score and grade are met or no longer met; `line`: a score at which a stage is
    left, or a segment's band begins or ends; `grade` and `buying_stage` are what they say.
    """

    day: int
    kind: Literal["threshold", "line", "grade", "buying_stage"]
    name: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """The crossing as one would say it."""
        match self.kind:
            case "threshold":
                return f"{self.name}: {self.after}"
            case "line":
                verb = "reaches" if int(self.after) > int(self.before) else "falls below"
                return f"score {verb} {self.name}: {self.before} to {self.after}"
        return f"{self.name} {self.before} to {self.after}"


class Forecast(NamedTuple):
    """The days, `as_of` first, and what is crossed on the way."""

    series: Series
    crossings: tuple[Crossing, ...]


def forecast(engine: Engine, fold: Fold, as_of: int, *, days: int = 33) -> Forecast:
    """The score on `as_of` and on each of the coming days, if nothing more happens."""
    series = history(engine, fold, range(as_of, as_of + days + 1))
    return Forecast(series, tuple(crossings(engine.model, series)))


def crossings(model: Model, series: Series) -> Iterator[Crossing]:
    """What each day of a series crosses, in the order of the days."""
    for (_, before), (day, after) in pairwise(series):
        if before != after:
            yield from _on(model, day, before, after)


def _on(model: Model, day: int, before: Totals, after: Totals) -> Iterator[Crossing]:
    for target in targets(model):
        met = target.reached(before), target.reached(after)
        if met[0] != met[1]:
            yield Crossing(day, "threshold", target.enter or "", *("met" if each else "no longer met" for each in met))
    stages = {(target.enter, target.score) for target in targets(model)}
    for line in lines(model):
        if line not in stages and (before.score >= line.score) != (after.score >= line.score):
            yield Crossing(day, "line", f"{line.score} ({line.name})", str(before.score), str(after.score))
    if before.grade != after.grade:
        yield Crossing(day, "grade", "grade", before.grade, after.grade)
    if before.buying_stage != after.buying_stage:
        yield Crossing(day, "buying_stage", "buying stage", before.buying_stage, after.buying_stage)
