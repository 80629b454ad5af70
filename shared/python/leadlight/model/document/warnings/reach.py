"""Thresholds that no lead can reach, whatever it is and does."""

from collections.abc import Iterator
from fractions import Fraction

from leadlight.model.document.checks import Said
from leadlight.model.document.warnings.most import category_points, of_fit, shown
from leadlight.model.structs import STAGES, Category, Grade, Model


def unreachable(model: Model) -> Iterator[Said]:
    """Scores by buying stage, and grades, with the sum that falls short."""
    for place, stage in enumerate(STAGES):
        weights = model.weights[stage]
        whole = sum(weights.values())
        most = {
            category: Fraction(
                100 * weights[category] * category_points(model, category, place), whole * model.caps[category]
            )
            for category in Category
        }
        total = sum(most.values())
        terms = " + ".join(
            f"{category} {_number(most[category])} of {_number(Fraction(100 * weights[category], whole))}"
            for category in Category
        )
        for index, rule in enumerate(model.lifecycle):
            if rule.score is not None and rule.score > round(total):
                most_score = f"caps and weights let at most {_number(total)} through ({terms})"
                yield ("lifecycle", index, "score"), f"{rule.score} is out of reach in {stage}: {most_score}"
    yield from _grades(model)


def _grades(model: Model) -> Iterator[Said]:
    cap, most = model.caps[Category.FIT], of_fit(model)
    total = sum(most.values())
    out: set[Grade] = {grade for grade, percent in model.grades.items() if total * 100 < percent * cap}
    terms = " + ".join(f"{trait} {shown(points)}" for trait, points in most.items()) or "nothing"
    for grade in sorted(out):
        needed = (
            f"{model.grades[grade]} % of the fit cap {shown(cap)} is {shown(model.grades[grade] * cap // 100)} points"
        )
        yield (
            ("grades", grade),
            f"no lead gets {grade}: {needed}, and the criteria give at most {shown(total)} ({terms})",
        )
    for index, rule in enumerate(model.lifecycle):
        if rule.grade in out and rule.score is not None:
            yield ("lifecycle", index, "grade"), f"no lead gets {rule.grade}, so none enters {rule.enter}"


def _number(value: Fraction | int) -> str:
    return f"{float(value):.1f}".removesuffix(".0")
