"""Where a lead is to get to: the thresholds of a model, as lines that a score is above or below."""

from collections.abc import Iterator
from typing import NamedTuple

from leadlight.model.structs import Grade, Model
from leadlight.scoring.score import Totals

FIRST_STAGE = "lead"


class Target(NamedTuple):
    """A score, with at least a grade; `enter` is the lifecycle stage that it leads to."""

    score: int
    grade: Grade = "D"
    enter: str | None = None

    def reached(self, totals: Totals) -> bool:
        """Whether a score is there; that of a suppressed lead never is."""
        return totals.score >= self.score and totals.grade <= self.grade and not totals.suppressed


class Line(NamedTuple):
    """A score that something hangs on."""

    name: str
    score: int


def targets(model: Model) -> tuple[Target, ...]:
    """What each stage that is entered by score asks for, in the model's order."""
    return tuple(Target(rule.score, rule.grade, rule.enter) for rule in model.lifecycle if rule.score is not None)


def next_target(model: Model, totals: Totals, *, stage: str = FIRST_STAGE) -> Target | None:
    """What the next lifecycle stage asks for that a lead of this stage does not have; None where no score helps."""
    for _ in model.lifecycle:
        ahead = [
            Target(rule.score, rule.grade, rule.enter)
            for rule in model.lifecycle
            if rule.score is not None and stage in rule.source
        ]
        met = next((target.enter for target in ahead if target.reached(totals)), None)
        if met is None:
            return min(ahead, default=None)
        stage = met
    return None


def lines(model: Model) -> tuple[Line, ...]:
    """Every threshold and band edge of the model, lowest first."""
    return tuple(sorted(set(_lines(model)), key=lambda line: (line.score, line.name)))


def _lines(model: Model) -> Iterator[Line]:
    for rule in model.lifecycle:
        if rule.score is not None:
            yield Line(rule.enter, rule.score)
        if rule.falls_below is not None:
            yield Line(f"leaves {rule.enter}", rule.falls_below)
    for segment in model.segments:
        if segment.score_at_least > 0:
            yield Line(segment.id, segment.score_at_least)
        if segment.score_below <= 100:  # noqa: PLR2004 - a score's end
            yield Line(f"above {segment.id}", segment.score_below)
