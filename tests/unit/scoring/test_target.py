"""Targets: what the next stage asks for."""

from leadlight.model.structs import BuyingStage, LifecycleRule, Segment
from leadlight.scoring.score import Totals
from leadlight.scoring.target import Line, Target, lines, next_target
from tests.unit.scoring.small import model

MODEL = model(
    lifecycle=(
        LifecycleRule("mql", ("lead", "recycled"), score=45, falls_below=30, grade="C"),
        LifecycleRule("sql", ("mql",), score=60, falls_below=45, grade="B"),
        LifecycleRule("sal", ("sql",), on="accepted"),
    ),
    segments=(Segment("warm", "Warm", score_at_least=30, score_below=60),),
)


def totals(score: int, grade: str = "A") -> Totals:
    return Totals(score, grade, BuyingStage.AWARENESS)  # type: ignore[arg-type]


def test_a_lead_below_the_first_threshold_aims_at_it() -> None:
    """By score, or by grade alone."""
    assert next_target(MODEL, totals(44)) == Target(45, "C", "mql")
    assert next_target(MODEL, totals(90, "D")) == Target(45, "C", "mql")
    assert next_target(MODEL, totals(44), stage="recycled") == Target(45, "C", "mql")


def test_a_lead_past_a_threshold_aims_at_the_next() -> None:
    """Whether the decision was taken already or not."""
    assert next_target(MODEL, totals(50)) == Target(60, "B", "sql")
    assert next_target(MODEL, totals(50), stage="mql") == Target(60, "B", "sql")


def test_where_no_score_helps_there_is_no_target() -> None:
    """Sales decides from there, or there is nothing further."""
    assert next_target(MODEL, totals(70)) is None
    assert next_target(MODEL, totals(10), stage="customer") is None


def test_the_lines_are_every_threshold_and_band() -> None:
    """Lowest first."""
    assert lines(MODEL) == (
        Line("leaves mql", 30), Line("warm", 30), Line("leaves sql", 45), Line("mql", 45),
        Line("above warm", 60), Line("sql", 60),
    )  # fmt: skip
