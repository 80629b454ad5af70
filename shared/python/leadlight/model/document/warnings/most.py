"""The most points that criteria can give: upper bounds, so that a warning is never a false alarm."""

from collections.abc import Iterator, Sequence

from leadlight.activity import Scalar
from leadlight.model.structs import LONGEST_WINDOW, Category, FitCriterion, Model, SignalCriterion
from leadlight.scoring.decay import WHOLE, table

_OTHER = "\N{REPLACEMENT CHARACTER}"  # a value that no document names


def shown(thousandths: int) -> str:
    """Points as people write them: 12500 is 12.5."""
    return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".")


def blocks(criterion: SignalCriterion) -> Sequence[int]:
    """What is left of a point, in millionths, on the newest day of each block of the limit.

    At best a block begins today, so that as many as can be lie in the window.
    """
    left = table(criterion.decay, criterion.window or LONGEST_WINDOW)
    span = criterion.limit.days if criterion.limit else 1
    return [left[0], *left[1::span]]


def uncapped(criterion: SignalCriterion, stage: int) -> int | None:
    """The most points in a buying stage before the cap; None where nothing limits them."""
    if criterion.limit is None:
        return None if criterion.points[stage] > 0 else 0
    return max(0, criterion.points[stage]) * criterion.limit.count * sum(blocks(criterion)) // WHOLE


def of_signals(model: Model, category: Category, stage: int) -> int | None:
    """The most points of a category's signal criteria; None where nothing limits them."""
    total = 0
    for criterion in model.signals:
        if criterion.category is category:
            bounds = [bound for bound in (uncapped(criterion, stage), criterion.cap) if bound is not None]
            if not bounds:
                return None
            total += min(bounds) if criterion.points[stage] > 0 else 0
    return total


def of_fit(model: Model) -> dict[str, int]:
    """The most fit points of each trait that gives any."""
    traits: dict[str, list[FitCriterion]] = {}
    for criterion in model.fit:
        traits.setdefault(criterion.trait, []).append(criterion)
    most = {trait: _of_trait(criteria) for trait, criteria in traits.items()}
    return {trait: points for trait, points in most.items() if points > 0}


def category_points(model: Model, category: Category, stage: int) -> int:
    """The most points that a category can have in a buying stage."""
    cap = model.caps[category]
    points = sum(of_fit(model).values()) if category is Category.FIT else of_signals(model, category, stage)
    return cap if points is None else min(cap, points)


def _of_trait(criteria: Sequence[FitCriterion]) -> int:
    """The best value's points; criteria on the shape of text may all hold at once."""
    shaped = [criterion for criterion in criteria if _is_shape(criterion)]
    sets = [criterion for criterion in criteria if not _is_shape(criterion)]
    best = max(
        sum(criterion.points for criterion in sets if criterion.condition.holds(value)) for value in _values(criteria)
    )
    return best + sum(max(0, criterion.points) for criterion in shaped)


def _is_shape(criterion: FitCriterion) -> bool:
    condition = criterion.condition
    return bool(condition.matches or condition.starts_with or condition.ends_with)


def _values(criteria: Sequence[FitCriterion]) -> Iterator[Scalar | None]:
    """Every value at which a criterion may begin or end to hold."""
    yield from (None, _OTHER)
    for criterion in criteria:
        condition = criterion.condition
        yield from (*(condition.any_of or ()), *(condition.none_of or ()))
        for bound in (condition.at_least, condition.at_most):
            if bound is not None:
                yield from (bound - 0.5, bound, bound + 0.5)
