"""A backtest as one document; the terminal shows the same figures."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from leadlight.cli.backtest.cases import Case
from leadlight.model.structs import LifecycleRule, Model
from leadlight.scoring.backtest import (
    TENTH,
    Tally,
    Threshold,
    at_odds,
    auc,
    bands,
    captured,
    counts,
    interval,
    lift,
    supported,
    tallies,
    won_among,
)

ODDS: Mapping[str, int] = {"mql": 2, "sql": 4}
_GRADES = "ABCD"
_ONE_SIDED = "needs both leads that were won and leads that were not"


def view(model: Model, cases: Sequence[Case], targets: Mapping[str, Fraction | None]) -> dict[str, Any]:
    """Everything that the history says. Undefined figures are null, with a reason.

    Args:
        model: the model that scored the cases.
        cases: at least one.
        targets: the precision wanted of each stage; None for its default, a multiple of the average lead's odds.
    """
    history = tallies((case.totals.score, case.won) for case in cases)
    leads, won = counts(history)
    return {
        "model": model.name,
        "leads": leads,
        "conversions": won,
        "base_rate": won / leads,
        "auc": _number(auc(history)),
        "top_decile": {
            "leads": float(leads * TENTH),
            "won": float(won_among(history, leads * TENTH)),
            "lift": _number(lift(history)),
        },
        "reason": None if 0 < won < leads else _ONE_SIDED,
        "bands": [_band(row, won, leads) for row in bands(history)],
        "gains": [_gain(history, Fraction(tenth, 10)) for tenth in range(1, 11)],
        "proposed": [_proposed(history, stage, target, won, leads) for stage, target in targets.items()],
        "in_model": list(_in_model(model, cases, won)),
    }


def _band(row: Tally, won: int, leads: int) -> dict[str, Any]:
    rate = Fraction(row.won, row.leads)
    return {
        "from": row.score,
        "to": row.highest,
        "leads": row.leads,
        "won": row.won,
        "rate": float(rate),
        "lift": float(rate * leads / won) if won else None,
    }


def _gain(history: Sequence[Tally], share: Fraction) -> dict[str, Any]:
    return {
        "best": float(share),
        "captured": _number(captured(history, share)),
        "lift": _number(lift(history, share)),
    }


def _proposed(history: Sequence[Tally], stage: str, target: Fraction | None, won: int, leads: int) -> dict[str, Any]:
    base = Fraction(won, leads)
    wanted = at_odds(base, ODDS[stage]) if target is None else target
    found = supported(history, wanted)
    return {
        "stage": stage,
        "target": float(wanted),
        "odds": ODDS[stage] if target is None else None,
        **({"score": None} if found is None else _worth(found, won)),
    }


def _in_model(model: Model, cases: Sequence[Case], won: int) -> Iterable[dict[str, Any]]:
    """What the model's own thresholds were worth: score and grade together, as the lifecycle asks for both."""
    for rule in model.lifecycle:
        if rule.score is not None:
            inside = [case.won for case in cases if _enters(rule, case)]
            grades = {"stage": rule.enter, "grade": rule.grade}
            if not inside:
                yield grades | {"score": rule.score, "leads": 0, "won": 0, "precision": None}
                continue
            found = Threshold(rule.score, len(inside), sum(inside), *interval(sum(inside), len(inside)))
            yield grades | _worth(found, won)


def _enters(rule: LifecycleRule, case: Case) -> bool:
    good_enough = _GRADES.index(case.totals.grade) <= _GRADES.index(rule.grade)
    return good_enough and rule.score is not None and case.totals.score >= rule.score


def _worth(found: Threshold, won: int) -> dict[str, Any]:
    return {
        "score": found.score,
        "leads": found.leads,
        "won": found.won,
        "precision": float(found.precision),
        "interval": [found.low, found.high],
        "captured": found.won / won if won else None,
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
