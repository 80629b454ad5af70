"""Scores the obvious way: from single activities, in exact fractions, with no buckets and no tables."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from leadlight.model import STAGES, BuyingStage, Category, Decay, Model, SignalCriterion

_EXACT = Context(prec=80)
_LONGEST_WINDOW = 365
History = Mapping[str, Sequence[int]]  # the day of each activity, by signal


def left_of(decay: Decay | None, age: int) -> int:
    """What is left of a point, in millionths."""
    if decay is None:
        return 1_000_000
    if decay.kind == "half_life":
        halves = _EXACT.power(Decimal(2), _EXACT.divide(Decimal(-age), Decimal(decay.days)))
        if age % decay.days == 0:
            halves = Decimal(1) / Decimal(2) ** (age // decay.days)
        return int((halves * 1_000_000).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    if decay.kind == "linear":
        return round(max(Fraction(0), Fraction(decay.days - age, decay.days)) * 1_000_000)
    return 1_000_000 if age < decay.days else 0


def points(criterion: SignalCriterion, activities: Sequence[int], as_of: int, stage: BuyingStage) -> int:
    """Window, then limit, then decay, then sum, then cap; in thousandths."""
    window = criterion.window or _LONGEST_WINDOW
    kept = sorted((day for day in activities if as_of - window < day <= as_of), reverse=True)
    if criterion.limit:
        newest: list[int] = []
        for day in kept:
            block = day // criterion.limit.days
            if sum(other // criterion.limit.days == block for other in newest) < criterion.limit.count:
                newest.append(day)
        kept = newest
    each = criterion.points[STAGES.index(stage)]
    total = round(sum((Fraction(left_of(criterion.decay, as_of - day) * each, 1_000_000) for day in kept), Fraction(0)))
    return total if criterion.cap is None else max(-criterion.cap, min(criterion.cap, total))


def buying_stage(model: Model, history: History, as_of: int) -> BuyingStage:
    """The furthest stage with a condition that holds."""
    for stage in reversed(STAGES[1:]):
        for condition in model.buying_stages.get(stage, ()):
            days = history.get(condition.signal, ())
            if sum(as_of - condition.days < day <= as_of for day in days) >= condition.at_least:
                return stage
    return BuyingStage.AWARENESS


def score(model: Model, history: History, as_of: int, *, fit: int = 0) -> int:
    """The whole score; `fit` in thousandths."""
    stage = buying_stage(model, history, as_of)
    sums = dict.fromkeys(Category, 0) | {Category.FIT: fit}
    for criterion in model.signals:
        sums[criterion.category] += points(criterion, history.get(criterion.signal, ()), as_of, stage)
    weights = model.weights[stage]
    weighted = sum(
        Fraction(weights[name] * max(0, min(model.caps[name], sums[name])), model.caps[name]) for name in Category
    )
    return round(100 * weighted / sum(weights.values()))
