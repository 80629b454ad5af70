"""A model as one expression of zen-engine and of simpleeval (as thirty expressions both are slower).

The peers are handed the buying stage, traits in lower case, and for each signal criterion its days as
[age, count, left]: block limits are already taken off, `left` is the decay of that age. Left to do are the tests,
windows, daily limits, sums, rounding, caps, category caps and weights.
"""

from collections.abc import Callable
from typing import Any, Literal

import simpleeval
import zen

from leadlight.model import STAGES, BuyingStage, Category, FitCriterion, Model, SignalCriterion
from leadlight.scoring.decay import table
from leadlight.state import Fold

Language = Literal["zen", "python"]
Inputs = dict[str, Any]
Evaluate = Callable[[Inputs], Any]


def zen_engine(text: str) -> Evaluate:
    """An expression, compiled once by zen-engine."""
    return zen.compile_expression(text).evaluate


def simple_eval(text: str) -> Evaluate:
    """An expression, parsed once by simpleeval."""
    evaluator = simpleeval.EvalWithCompoundTypes(functions={"sum": sum, "min": min, "max": max, "round": round})
    parsed = evaluator.parse(text)

    def evaluate(inputs: Inputs) -> Any:
        evaluator.names = inputs
        return evaluator.eval(text, previously_parsed=parsed)

    return evaluate


def inputs(model: Model, lead: Fold, as_of: int) -> Inputs:
    """What the peers are handed of a lead."""
    traits = {name: trait.value for name, trait in lead.traits.items()}
    return {name: value.lower() if isinstance(value, str) else value for name, value in traits.items()} | {
        criterion.id: _days(criterion, lead.signals.get(criterion.signal, {}), as_of) for criterion in model.signals
    }


def contributions(model: Model, stage: BuyingStage, language: Language) -> str:
    """The points of every criterion, as a list."""
    return f"[{', '.join(part for _, part in _parts(model, stage, language))}]"


def total(model: Model, stage: BuyingStage, language: Language) -> str:
    """The score."""
    parts = _parts(model, stage, language)
    weighted = " + ".join(
        f"{_clamp(' + '.join(part for name, part in parts if name is category), 0, model.caps[category], language)}"
        f" * {model.weights[stage][category]} * 100 / {model.caps[category]}"
        for category in Category
    )
    return f"round(({weighted}) / {sum(model.weights[stage].values())})"


def _parts(model: Model, stage: BuyingStage, language: Language) -> list[tuple[Category, str]]:
    return [(Category.FIT, _fit(criterion, language)) for criterion in model.fit] + [
        (criterion.category, _signal(criterion, STAGES.index(stage), language)) for criterion in model.signals
    ]


def _fit(criterion: FitCriterion, language: Language) -> str:
    name, condition = criterion.trait, criterion.condition
    if condition.any_of is not None:
        test = f"{name} in {[str(option) for option in condition.any_of]}"
    elif condition.matches is not None:
        # zen-engine compiles a regular expression at each evaluation (150 us): words are its fast way.
        words = condition.matches.removeprefix(r"\b(").removesuffix(r")\b").split("|")
        contains = "contains({name}, '{word}')" if language == "zen" else "'{word}' in {name}"
        test = " or ".join(contains.format(name=name, word=word) for word in words)
    elif condition.exists:
        test = f"{name} != {'null' if language == 'zen' else 'None'}"
    else:
        test = f"{name} >= {condition.at_least} and {name} <= {condition.at_most}"
    points = criterion.points
    return f"({test} ? {points} : 0)" if language == "zen" else f"({points} if {test} else 0)"


def _signal(criterion: SignalCriterion, stage: int, language: Language) -> str:
    daily = criterion.limit.count if criterion.limit and criterion.limit.days == 1 else None
    if language == "zen":
        count = f"min([#[1], {daily}])" if daily else "#[1]"
        weighed = f"sum(map(filter({criterion.id}, #[0] < {criterion.window}), {count} * #[2]))"
    else:
        count = f"min(day[1], {daily})" if daily else "day[1]"
        weighed = f"sum([{count} * day[2] for day in {criterion.id} if day[0] < {criterion.window}])"
    points = f"round({weighed} * {criterion.points[stage]} / 1000000)"
    return points if criterion.cap is None else _clamp(points, -criterion.cap, criterion.cap, language)


def _clamp(part: str, least: int, most: int, language: Language) -> str:
    return f"max([{least}, min([{most}, {part}])])" if language == "zen" else f"max({least}, min({most}, {part}))"


def _days(criterion: SignalCriterion, days: dict[int, int], as_of: int) -> list[list[int]]:
    limit = criterion.limit
    left = table(criterion.decay, 400)
    rows = []
    room: dict[int, int] = {}
    for day in sorted(days, reverse=True):
        count = days[day]
        if limit and limit.days > 1:
            block = day // limit.days
            count = min(count, room.get(block, limit.count))
            room[block] = room.get(block, limit.count) - count
        rows.append([as_of - day, count, left[as_of - day]])
    return rows
