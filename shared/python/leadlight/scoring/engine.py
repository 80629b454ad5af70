"""The engine: a model made ready once, then scored from folds. Nothing here reads a clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import mul
from typing import Protocol

from leadlight.activity import Scalar
from leadlight.model.structs import STAGES, BuyingStage, Category, Model, SignalCriterion
from leadlight.scoring.criterion import SignalScorer
from leadlight.scoring.decay import half_even
from leadlight.scoring.fit import PLACE as FIT
from leadlight.scoring.fit import Fit
from leadlight.scoring.plan import Plan, Signals
from leadlight.scoring.score import Contribution, Score, Totals
from leadlight.scoring.weighting import CATEGORIES, Weighting, weightings


class Scorable(Protocol):
    """What the engine reads of a fold."""

    @property
    def signals(self) -> Signals:
        """Counts by signal and day number."""

    def known_traits(self) -> Mapping[str, Scalar]:
        """The latest values by trait."""


class Engine:
    """Scores folds by one model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._weightings = weightings(model)
        self._fit = Fit(model.fit, self._weightings)
        self._by_signal: dict[str, list[SignalCriterion]] = {}
        for criterion in model.signals:
            self._by_signal.setdefault(criterion.signal, []).append(criterion)
        self._plans = [self._plan(stage) for stage in range(len(STAGES))]
        self._conditions = [
            (STAGES.index(stage), condition.signal, condition.days, condition.at_least)
            for stage in (BuyingStage.DECISION, BuyingStage.CONSIDERATION)
            for condition in model.buying_stages.get(stage, ())
        ]
        self._caps = [model.caps[category] for category in CATEGORIES]
        self._grades = [(percent * model.caps[Category.FIT], grade) for grade, percent in model.grades.items()]

    def totals(self, lead: Scorable, as_of: int) -> Totals:
        """The score alone, at the end of the day number `as_of`."""
        signals = lead.signals
        stage = self._stage(signals, as_of)
        sums = self._plans[stage].sums(signals, as_of)
        sums[FIT] += self._fit.points(lead.known_traits())
        return self._totals(self._clamped(sums), stage)

    def score(self, lead: Scorable, as_of: int) -> Score:
        """The score with every contribution, at the end of the day number `as_of`."""
        signals, traits = lead.signals, lead.known_traits()
        stage = self._stage(signals, as_of)
        parts = self._fit.parts(traits, stage)
        from_signals, sums = self._plans[stage].parts(signals, as_of)
        for part in parts:
            sums[FIT] += part.points
        categories = self._clamped(sums)
        parts += from_signals
        if categories != sums:
            parts += _clamps(sums, categories, self._weightings[stage])
        totals = self._totals(categories, stage)
        rest = totals.score * 1000 - sum([part.share for part in parts])
        if rest:
            parts.append(Contribution("rounding", "rounding", None, 0, rest))
        return Score(totals, tuple(categories), tuple(parts), self._fit.unknown(traits))

    def buying_stage(self, lead: Scorable, as_of: int) -> BuyingStage:
        """The furthest stage with a condition that holds."""
        return STAGES[self._stage(lead.signals, as_of)]

    def _stage(self, signals: Signals, as_of: int) -> int:
        for stage, signal, within, least in self._conditions:
            if days := signals.get(signal):
                count = 0
                for day in days:
                    if 0 <= as_of - day < within:
                        count += days[day]
                if count >= least:
                    return stage
        return 0

    def _plan(self, stage: int) -> Plan:
        weighting = self._weightings[stage]

        def scorers(signal: str) -> Iterator[SignalScorer]:
            for criterion in self._by_signal.get(signal, ()):
                yield SignalScorer.of(criterion, stage, weighting)

        return Plan(scorers)

    def _clamped(self, sums: Iterable[int]) -> list[int]:
        return [
            0 if points < 0 else points if points < cap else cap  # noqa: FURB136 - calls take longer
            for points, cap in zip(sums, self._caps)  # noqa: B905 - so does checking
        ]

    def _totals(self, categories: Sequence[int], stage: int) -> Totals:
        _, factors, whole = self._weightings[stage]
        score = half_even(sum(map(mul, categories, factors)), whole)
        fit = categories[FIT] * 100
        for least, grade in self._grades:
            if fit >= least:
                return Totals(score, grade, STAGES[stage])
        return Totals(score, "D", STAGES[stage])


def _clamps(sums: Sequence[int], categories: Sequence[int], weighting: Weighting) -> Iterator[Contribution]:
    for place, (before, after) in enumerate(zip(sums, categories, strict=True)):
        if points := after - before:
            category, which = CATEGORIES[place], "cap" if points < 0 else "floor"
            share, weight = weighting.share(place, points), weighting.weights[place]
            yield Contribution(f"{category}_{which}", f"{category} {which}", category, points, share, weight)
