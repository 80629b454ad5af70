"""The engine: a model made ready once, then scored from folds. Nothing here reads a clock."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from leadlight.activity import Scalar
from leadlight.model.structs import STAGES, BuyingStage, Model, SignalCriterion
from leadlight.scoring.at_stage import AtStage
from leadlight.scoring.buckets import Buckets
from leadlight.scoring.fit import Fit
from leadlight.scoring.memo import Memo
from leadlight.scoring.score import Score, Totals
from leadlight.scoring.stages import Stages, conditions
from leadlight.scoring.suppress import Suppressions
from leadlight.scoring.weighting import weightings

_LONGEST = 16  # days of a signal that are remembered
_DAYS = 70  # a history and a forecast beside it


class Scorable(Protocol):
    """What the engine reads of a fold."""

    @property
    def buckets(self) -> Mapping[str, Buckets]:
        """Counts by signal and day, as `leadlight.scoring.buckets` packs them."""

    def known_traits(self, as_of: int | None = None) -> Mapping[str, Scalar]:
        """The values by trait at the end of a day."""


class _Day:
    """The model on one day, at each buying stage."""

    def __init__(self, stages: Stages, at: Sequence[AtStage]) -> None:
        self.stages = stages
        self.at = at


class Engine:
    """Scores folds by one model.

    It remembers what signals came to, for leads that are scored again and again. `once` is for many leads that are
    scored once each: it remembers only signals of a single day, which leads share.
    """

    def __init__(self, model: Model, *, once: bool = False) -> None:
        self.model = model
        self._longest = 1 if once else _LONGEST
        self._weightings = weightings(model)
        self._fit = Fit(model.fit, self._weightings)
        self._suppressions = Suppressions(model.suppress) if model.suppress else None
        self._by_signal: dict[str, list[SignalCriterion]] = {}
        for criterion in model.signals:
            self._by_signal.setdefault(criterion.signal, []).append(criterion)
        self._conditions = conditions(model)
        self._days = Memo[int, _Day](self._day, most=_DAYS)

    def totals(self, lead: Scorable, as_of: int) -> Totals:
        """The score alone, at the end of the day number `as_of`."""
        day, signals, traits = self._days[as_of], lead.buckets, lead.known_traits(as_of)
        totals = day.at[day.stages.of(signals)].totals(signals, self._fit.points(traits))
        if self._suppressions is not None and self._suppressions.hold(traits):
            return Totals(0, totals.grade, totals.buying_stage, suppressed=True)
        return totals

    def score(self, lead: Scorable, as_of: int) -> Score:
        """The score with every contribution, at the end of the day number `as_of`."""
        day, signals, traits = self._days[as_of], lead.buckets, lead.known_traits(as_of)
        stage = day.stages.of(signals)
        totals, sums, parts = day.at[stage].parts(signals, self._fit.parts(traits, stage))
        if self._suppressions is not None and self._suppressions.hold(traits):
            parts.append(self._suppressions.contribution(traits, totals.score * 1000))
            totals = Totals(0, totals.grade, totals.buying_stage, suppressed=True)
        return Score(totals, sums, tuple(parts), traits, self._fit)

    def buying_stage(self, lead: Scorable, as_of: int) -> BuyingStage:
        """The furthest stage with a condition that holds."""
        return STAGES[self._days[as_of].stages.of(lead.buckets)]

    def _day(self, as_of: int) -> _Day:
        at = [
            AtStage(self.model, stage, each, self._by_signal, as_of, longest=self._longest)
            for stage, each in enumerate(self._weightings)
        ]
        return _Day(Stages(self._conditions, as_of), at)
