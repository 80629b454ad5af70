"""What lies behind and ahead of a lead, as JSON shows it: the API's and the commands' own."""

from typing import Any

from leadlight.activity.order_key import day_text
from leadlight.scoring.engine import Engine
from leadlight.scoring.forecast import Forecast, forecast
from leadlight.scoring.history import Series, history, past_days
from leadlight.scoring.score import Totals
from leadlight.scoring.target import FIRST_STAGE, Target, lines, next_target
from leadlight.scoring.way import Step, Way
from leadlight.scoring.why_not import why_not
from leadlight.state.fold import Fold


def why_not_view(engine: Engine, fold: Fold, as_of: int, *, stage: str = FIRST_STAGE) -> dict[str, Any] | None:
    """The next lifecycle stage by score, and the cheapest ways there; None where no score leads further."""
    target = next_target(engine.model, engine.totals(fold, as_of), stage=stage)
    if target is None:
        return None
    return ways_view(target, why_not(engine, fold, as_of, target=target))


def line_view(engine: Engine, fold: Fold, as_of: int, *, days: int) -> dict[str, Any]:
    """The last days up to `as_of`, as many as that coming with no activity, and the thresholds to see them by."""
    return {
        "history": series_view(history(engine, fold, past_days(as_of, days))),
        "forecast": forecast_view(forecast(engine, fold, as_of, days=days)),
        "lines": [line._asdict() for line in lines(engine.model)],
    }


def series_view(series: Series) -> list[dict[str, Any]]:
    """A series by date."""
    return [{"date": day_text(day), **totals_view(totals)} for day, totals in series]


def forecast_view(found: Forecast) -> dict[str, Any]:
    """A forecast: its days, and what is crossed on them."""
    crossings = [
        {"date": day_text(crossing.day), "words": crossing.words, "kind": crossing.kind, "name": crossing.name}
        | {"before": crossing.before, "after": crossing.after}
        for crossing in found.crossings
    ]
    return {"days": series_view(found.series), "crossings": crossings}


def ways_view(target: Target, ways: tuple[Way, ...]) -> dict[str, Any]:
    """Ways, cheapest first."""
    return {
        "target": target._asdict(),
        "ways": [
            {
                "cost": way.cost,
                "words": way.words,
                **totals_view(way.totals),
                "steps": [_step_view(step) for step in way.steps],
                "gains": {label: share / 1000 for label, share in way.gains.items()},
            }
            for way in ways
        ],
    }


def totals_view(totals: Totals) -> dict[str, Any]:
    """A score without its reasons."""
    return {"score": totals.score, "grade": totals.grade, "buying_stage": totals.buying_stage}


def _step_view(step: Step) -> dict[str, Any]:
    criteria = list(step.criteria)
    if step.is_trait:
        return {"trait": step.name, "value": step.value, "known": step.known, "criteria": criteria}
    return {"signal": step.name, "times": step.times, "criteria": criteria}
