"""The engine: a model made ready once, then scored from folds. Nothing here reads a clock."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import lcm
from typing import Protocol

from leadlight.activity import Scalar
from leadlight.model.structs import STAGES, BuyingStage, Category, FitCriterion, Grade, Model
from leadlight.scoring.criterion import SignalScorer
from leadlight.scoring.decay import half_even
from leadlight.scoring.score import Contribution, Score, Totals


class Scorable(Protocol):
    """What the engine reads of a fold."""

    @property
    def signals(self) -> Mapping[str, Mapping[int, int]]:
        """Counts by signal and day number."""

    def known_traits(self) -> Mapping[str, Scalar]:
        """The latest values by trait."""


class Engine:
    """Scores folds by one model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._fit: dict[str, list[FitCriterion]] = {}
        for criterion in model.fit:
            self._fit.setdefault(criterion.trait, []).append(criterion)
        self._signals: dict[str, list[SignalScorer]] = {}
        for rule in model.signals:
            self._signals.setdefault(rule.signal, []).append(SignalScorer.of(rule))
        self._scale = lcm(*model.caps.values())
        self._factors = {
            stage: {name: weight * 100 * (self._scale // model.caps[name]) for name, weight in weights.items()}
            for stage, weights in model.weights.items()
        }
        self._whole = {stage: self._scale * sum(weights.values()) for stage, weights in model.weights.items()}

    def totals(self, lead: Scorable, as_of: int) -> Totals:
        """The score alone, at the end of the day number `as_of`."""
        buying = self.buying_stage(lead, as_of)
        stage = STAGES.index(buying)
        sums = dict.fromkeys(Category, 0)
        sums[Category.FIT] = sum(criterion.points for criterion, _ in self._met(lead.known_traits()))
        for signal, days in lead.signals.items():
            for scorer in self._signals.get(signal, ()):
                sums[scorer.criterion.category] += scorer.points(days, as_of, stage)
        return self._totals(buying, {name: self._clamped(name, points) for name, points in sums.items()})

    def score(self, lead: Scorable, as_of: int) -> Score:
        """The score with every contribution, at the end of the day number `as_of`."""
        buying = self.buying_stage(lead, as_of)
        traits = lead.known_traits()
        parts = [*self._fit_parts(traits), *self._signal_parts(lead, as_of, STAGES.index(buying))]
        sums = {name: sum(part.points for part in parts if part.category is name) for name in Category}
        categories = {name: self._clamped(name, points) for name, points in sums.items()}
        parts += [_clamp(name, categories[name] - sums[name]) for name in Category if categories[name] != sums[name]]
        totals = self._totals(buying, categories)
        shares = tuple(self._shared(part, buying) for part in parts)
        rest = totals.score * 1000 - sum(part.share for part in shares)
        rounding = (Contribution(criterion="rounding", label="rounding", category=None, points=0, share=rest),)
        return Score(
            totals=totals,
            categories=categories,
            contributions=shares + (rounding if rest else ()),
            unknown=tuple(part.id for part in self.model.fit if part.trait not in traits),
        )

    def buying_stage(self, lead: Scorable, as_of: int) -> BuyingStage:
        """The furthest stage with a condition that holds."""
        for stage in (BuyingStage.DECISION, BuyingStage.CONSIDERATION):
            for condition in self.model.buying_stages.get(stage, ()):
                days = lead.signals.get(condition.signal)
                if not days:
                    continue
                oldest = as_of - condition.days
                if sum(n for day, n in days.items() if oldest < day <= as_of) >= condition.at_least:
                    return stage
        return BuyingStage.AWARENESS

    def _met(self, traits: Mapping[str, Scalar]) -> Iterator[tuple[FitCriterion, Scalar | None]]:
        for trait, criteria in self._fit.items():
            value = traits.get(trait)
            for criterion in criteria:
                if criterion.condition.holds(value):
                    yield criterion, value

    def _fit_parts(self, traits: Mapping[str, Scalar]) -> Iterator[Contribution]:
        for criterion, value in self._met(traits):
            yield Contribution(
                criterion=criterion.id,
                label=criterion.label,
                category=Category.FIT,
                points=criterion.points,
                share=0,
                raw=criterion.points,
                evidence="absent" if value is None else value,
            )

    def _signal_parts(self, lead: Scorable, as_of: int, stage: int) -> Iterator[Contribution]:
        for signal, days in sorted(lead.signals.items()):
            for scorer in self._signals.get(signal, ()):
                part = scorer.explain(days, as_of, stage)
                if part is not None:
                    yield part

    def _clamped(self, category: Category, points: int) -> int:
        return max(0, min(self.model.caps[category], points))

    def _totals(self, buying: BuyingStage, categories: Mapping[Category, int]) -> Totals:
        factors = self._factors[buying]
        weighted = sum(points * factors[name] for name, points in categories.items())
        return Totals(half_even(weighted, self._whole[buying]), self._grade(categories[Category.FIT]), buying)

    def _grade(self, fit: int) -> Grade:
        cap = self.model.caps[Category.FIT]
        for grade, percent in self.model.grades.items():
            if fit * 100 >= percent * cap:
                return grade
        return "D"

    def _shared(self, part: Contribution, buying: BuyingStage) -> Contribution:
        if part.category is None:
            return part
        share = half_even(part.points * self._factors[buying][part.category] * 1000, self._whole[buying])
        return replace(part, share=share, weight=self.model.weights[buying][part.category])


def _clamp(category: Category, points: int) -> Contribution:
    which = "cap" if points < 0 else "floor"
    return Contribution(
        criterion=f"{category}_{which}",
        label=f"{category} {which}",
        category=category,
        points=points,
        share=0,
    )
