"""A score as people and other programs read it."""

from typing import Any

from leadlight.model.structs import Model
from leadlight.scoring.score import Contribution, Score


def explanation(score: Score, model: Model) -> dict[str, Any]:
    """A score as people read it: points with up to three decimals; the shares add up to the score."""
    return {
        "score": score.totals.score,
        "grade": score.totals.grade,
        "buying_stage": score.totals.buying_stage,
        "model": model.name,
        "categories": {name: points / 1000 for name, points in score.categories.items()},
        "contributions": [_contribution(part) for part in score.contributions],
        "unknown": score.unknown,
    }


def _contribution(part: Contribution) -> dict[str, Any]:
    return {
        "criterion": part.criterion,
        "label": part.label,
        "category": part.category,
        "points": part.points / 1000,
        "share": part.share / 1000,
        "weight": part.weight,
        "raw": part.raw / 1000,
        "limited": part.limited / 1000,
        "decayed": part.decayed / 1000,
        "capped": part.capped / 1000,
        "evidence": part.evidence,
    }
