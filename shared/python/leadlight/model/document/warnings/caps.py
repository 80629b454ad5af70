"""Points that no cap lets through, and caps that no points reach."""

from collections.abc import Iterator

from leadlight.model.document.checks import Said
from leadlight.model.document.warnings.most import blocks, shown, uncapped
from leadlight.model.structs import LONGEST_WINDOW, STAGES, Category, Model, SignalCriterion


def idle_caps(model: Model) -> Iterator[Said]:
    """Where points, limits and caps do not fit together."""
    fit_cap = model.caps[Category.FIT]
    for index, fit in enumerate(model.fit):
        if fit.points > fit_cap:
            yield ("fit", index, "points"), _over(fit.points, f"the fit cap of {shown(fit_cap)}", fit_cap)
    for index, criterion in enumerate(model.signals):
        for key, text in (*_points(criterion, model), *_cap(criterion, model)):
            yield ("signals", index, key), text


def _points(criterion: SignalCriterion, model: Model) -> Iterator[tuple[str, str]]:
    """Only what one occurrence gives; more of them are what a cap is for."""
    category_cap = model.caps[criterion.category]
    stage = max(range(len(STAGES)), key=lambda place: abs(criterion.points[place]))
    points = criterion.points[stage]
    where = "" if len(set(criterion.points)) == 1 else f" in {STAGES[stage]}"
    if criterion.cap is not None and abs(points) > criterion.cap:
        yield "points", _over(points, f"its cap of {shown(criterion.cap)}", criterion.cap, where)
    elif criterion.cap is None and points > category_cap:
        yield "points", _over(points, f"the {criterion.category} cap of {shown(category_cap)}", category_cap, where)


def _cap(criterion: SignalCriterion, model: Model) -> Iterator[tuple[str, str]]:
    cap, category_cap = criterion.cap, model.caps[criterion.category]
    if cap is None:
        return
    if cap > category_cap and max(criterion.points) > 0:
        yield "cap", f"{shown(cap)} is more than the {criterion.category} cap of {shown(category_cap)} lets through"
    if criterion.limit and any(criterion.points):
        sign = 1 if max(criterion.points) > 0 else -1
        best = max(uncapped(_signed(criterion, sign), stage) or 0 for stage in range(len(STAGES)))
        if best < cap:
            yield "cap", _out_of_reach(criterion, best)


def _signed(criterion: SignalCriterion, sign: int) -> SignalCriterion:
    points = criterion.points
    same = (points[0] * sign, points[1] * sign, points[2] * sign)
    return SignalCriterion(
        criterion.id, criterion.label, criterion.category, criterion.signal, same,
        criterion.window, criterion.limit, criterion.decay,
    )  # fmt: skip


def _out_of_reach(criterion: SignalCriterion, best: int) -> str:
    limit = criterion.limit
    count = limit.count * len(blocks(criterion)) if limit else 0
    each = max(map(abs, criterion.points))
    per = f"{limit.count} per {limit.days}d" if limit else "no limit"
    faded = ", less decay," if criterion.decay else ""
    return (
        f"{shown(criterion.cap or 0)} can't be reached: {per} lets at most {count} count in "
        f"{criterion.window or LONGEST_WINDOW}d, and {count} x {shown(each)}{faded} = {shown(best)} points"
    )


def _over(points: int, cap: str, left: int, where: str = "") -> str:
    return f"{shown(points)} points{where}, but {cap} lets {shown(left)} through"
