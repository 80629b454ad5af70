"""What a change does to leads: the counts are those of scoring both models one by one."""

import msgspec
import pytest

from leadlight.model import Category, Model
from leadlight.model.structs import LifecycleRule
from leadlight.scoring import Engine
from leadlight.scoring.moved import Moves, moved
from leadlight.state import Fold
from tests.bench import sample

RULES = (
    LifecycleRule("mql", ("lead",), score=45, grade="C"),
    LifecycleRule("sql", ("mql",), score=60, grade="B"),
)
BEFORE = msgspec.structs.replace(sample.model(), lifecycle=RULES)
AFTER = msgspec.structs.replace(
    BEFORE,
    caps={**BEFORE.caps, Category.ENGAGEMENT: 45_000},
    grades={"A": 70, "B": 55, "C": 20},
    lifecycle=(msgspec.structs.replace(RULES[0], score=50), RULES[1]),
    signals=tuple(msgspec.structs.replace(one, window=(one.window or 30) // 2) for one in BEFORE.signals),
)


@pytest.fixture(scope="module")
def folds() -> list[tuple[str, Fold]]:
    return [(f"ld_{number}", fold) for number, fold in enumerate(sample.leads(10_000))]


@pytest.fixture(scope="module")
def moves(folds: list[tuple[str, Fold]]) -> Moves:
    return moved(BEFORE, AFTER, folds, sample.TODAY, top=5)


def scores(model: Model, folds: list[tuple[str, Fold]]) -> list[tuple[int, str]]:
    engine = Engine(model)
    return [engine.score(fold, sample.TODAY).totals[:2] for _, fold in folds]


def test_the_counts_agree_with_scoring_one_by_one(folds, moves) -> None:
    """10,000 leads: higher, lower, by how far, thresholds, grades."""
    old, new = scores(BEFORE, folds), scores(AFTER, folds)
    far = [after[0] - before[0] for before, after in zip(old, new, strict=True)]
    assert moves.leads == len(folds) == moves.by.total()
    assert moves.higher == sum(each > 0 for each in far) > 0
    assert moves.lower == sum(each < 0 for each in far) > 0
    assert dict(moves.by) == {each: far.count(each) for each in far}
    for stage, before, after in (("mql", (45, "C"), (50, "C")), ("sql", (60, "B"), (60, "B"))):
        was = [score >= before[0] and grade <= before[1] for score, grade in old]
        is_ = [score >= after[0] and grade <= after[1] for score, grade in new]
        crossed = moves.thresholds[stage]
        assert (crossed.before, crossed.after) == (sum(was), sum(is_))
        assert crossed.up == sum(b and not a for a, b in zip(was, is_, strict=True))
        assert crossed.down == sum(a and not b for a, b in zip(was, is_, strict=True))
    pairs = [(before[1], after[1]) for before, after in zip(old, new, strict=True)]
    assert dict(moves.grades) == {pair: pairs.count(pair) for pair in pairs}


def test_the_farthest_are_named(folds, moves) -> None:
    """As many as asked for each way, the farthest first; nobody who stays."""
    old, new = scores(BEFORE, folds), scores(AFTER, folds)
    far = sorted(after[0] - before[0] for before, after in zip(old, new, strict=True))
    assert [move.by for move in moves.down] == [each for each in far[:5] if each < 0]
    assert [move.by for move in moves.up] == [each for each in far[::-1][:5] if each > 0]


def test_the_same_model_moves_nobody(folds) -> None:
    """All stay, nobody is named, as many meet each threshold."""
    same = moved(BEFORE, BEFORE, folds[:50], sample.TODAY)
    assert dict(same.by) == {0: 50}
    assert (same.up, same.down) == ((), ())
    assert all((one.up, one.down) == (0, 0) for one in same.thresholds.values())


def test_a_stage_that_one_model_lacks_is_met_by_nobody_there(folds) -> None:
    """All who meet it are new."""
    without = msgspec.structs.replace(BEFORE, lifecycle=RULES[:1])
    found = moved(without, BEFORE, folds, sample.TODAY).thresholds["sql"]
    assert (found.before, found.down) == (0, 0)
    assert found.up == found.after > 0
