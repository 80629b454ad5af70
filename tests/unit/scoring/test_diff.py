"""What changed between two models, in a person's words and units."""

from typing import Any

import msgspec
import pytest

from leadlight.model import AccountRule, BuyingStage, Category, Decay, Limit, StageCondition
from leadlight.model.document import read_documents
from leadlight.model.structs import Campaign, LifecycleRule, Model, Segment, Suppression
from leadlight.scoring.diff import diff
from leadlight.signals import Condition
from tests.unit.scoring.small import fit, model, signal

MQL = LifecycleRule("mql", ("lead",), score=45, falls_below=30, grade="C", dwell=1)
SQL = LifecycleRule("sql", ("mql",), score=60, hand_off_hours=24)
WARM = Segment("warm", "Warm", score_at_least=30)
RIVAL = Suppression("rival", "competitor", "email_domain", Condition(any_of=("rival.example",)))
BASE = model(
    fit=(fit("size", 20_000, at_least=50, at_most=1000),),
    signals=(signal("a", 10_000, window=30, limit=Limit(2, 1), decay=Decay("half_life", 14), cap=20_000),),
    buying_stages={BuyingStage.DECISION: (StageCondition("a", 1, 30),)},
    lifecycle=(MQL, SQL),
    segments=(WARM,),
    campaigns=(Campaign("up", "Warm-up", WARM),),
    audience={"country": Condition(any_of=("US",))},
    suppress=(RIVAL,),
)


def with_signal(**changes: Any) -> Model:
    return msgspec.structs.replace(BASE, signals=(msgspec.structs.replace(BASE.signals[0], **changes),))


def with_rule(**changes: Any) -> Model:
    return msgspec.structs.replace(BASE, lifecycle=(msgspec.structs.replace(MQL, **changes), SQL))


def other(**changes: Any) -> Model:
    return msgspec.structs.replace(BASE, **changes)


A = "signals on_a (criterion on a):"


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (with_signal(points=(12_500,) * 3), f"{A} points from 10 to 12.5"),
        (with_signal(points=(8_000, 10_000, 0)), f"{A} points from 10 to 8 in awareness, 10 in consideration, 0 in decision"),
        (with_signal(window=1), f"{A} window from 30 days to 1 day"),
        (with_signal(window=None), f"{A} window from 30 days to none"),
        (with_signal(limit=Limit(1, 7)), f"{A} limit from 2 a day to 1 in 7 days"),
        (with_signal(decay=Decay("linear", 20)), f"{A} decay from halved every 14 days to linear to nothing in 20 days"),
        (with_signal(decay=Decay("step", 9)), f"{A} decay from halved every 14 days to whole for 9 days, then nothing"),
        (with_signal(cap=None), f"{A} cap from 20 to none"),
        (with_signal(category=Category.ENGAGEMENT), f"{A} category from behavior to engagement"),
        (with_signal(label="other"), "signals on_a (other): label from criterion on a to other"),
        (with_rule(score=50), "lifecycle mql: score from 45 to 50"),
        (with_rule(grade="B"), "lifecycle mql: grade from C to B"),
        (with_rule(dwell=3), "lifecycle mql: dwell from 1 day to 3 days"),
        (with_rule(cool_down=7), "lifecycle mql: cool down from 0 days to 7 days"),
        (with_rule(source=("lead", "recycled")), "lifecycle mql: from from lead to lead, recycled"),
        (other(lifecycle=(MQL, msgspec.structs.replace(SQL, hand_off_hours=1))),
         "lifecycle sql: hand-off due in from 24 hours to 1 hour"),
        (other(lifecycle=(SQL, MQL)), "lifecycle: order from mql, sql to sql, mql"),
        (other(lifecycle=(MQL,)), "lifecycle sql removed: from mql, score 60, hand-off due in 24 hours"),
        (other(caps={**BASE.caps, Category.FIT: 80_000}), "caps fit: from 100 to 80"),
        (other(weights={**BASE.weights, BuyingStage.DECISION: {**BASE.weights[BuyingStage.DECISION], Category.FIT: 3}}),
         "weights decision fit: from 1 to 3"),
        (other(grades={**BASE.grades, "A": 70}), "grades A: from 75 to 70"),
        (other(buying_stages={BuyingStage.DECISION: (StageCondition("a", 2, 1),)}),
         "buying stages decision: from a 1 in 30 days to a 2 in 1 day"),
        (other(buying_stages={}), "buying stages decision removed: a 1 in 30 days"),
        (other(fit=()), "fit fit_size (fit on size) removed: trait size, when at least 50, at most 1000, points 20"),
        (other(fit=(fit("size", 20_000, exists=True),)),
         "fit fit_size (fit on size): when from at least 50, at most 1000 to is known"),
        (other(signals=(*BASE.signals, signal("b", 5_000, window=7))),
         "signals on_b (criterion on b) added: category behavior, signal b, points 5, window 7 days"),
        (other(segments=(msgspec.structs.replace(WARM, grades=("A", "B")),)),
         "segments warm (Warm): grades from A, B, C, D to A, B"),
        (other(campaigns=()), "campaigns up (Warm-up) removed: segment warm"),
        (other(audience={}), "audience country removed: any of US"),
        (other(suppress=()), "suppress rival (competitor) removed: trait email_domain, when any of rival.example"),
        (other(announce_change=5), "model: announce change from 10 to 5"),
        (other(engaged_within=7), "model: engaged within from 30 days to 7 days"),
        (
            other(accounts=AccountRule(score="sum", next=30)),
            "model: accounts from the best lead to all leads, each next one at 30 %",
        ),
        (other(title="new"), "model: title from small to new"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_each_kind_of_change_is_said(after: Model, words: str) -> None:
    """One difference, one line."""
    assert [change.words for change in diff(BASE, after)] == [words]


def test_the_other_way_round_is_the_opposite() -> None:
    """What one adds, the other removes; what changes, changes back."""
    after = other(fit=(), grades={**BASE.grades, "A": 70}, signals=(*BASE.signals, signal("b")))
    there, back = diff(BASE, after), diff(after, BASE)
    assert {(one.part, one.name, one.field, one.before, one.after) for one in there} == {
        (one.part, one.name, one.field, one.after, one.before) for one in back
    }
    assert sorted(one.kind for one in there) == ["added", "changed", "removed"]


def test_a_model_is_no_different_from_itself() -> None:
    """The starter model, all of its parts."""
    starter = read_documents().model
    assert diff(starter, starter) == ()


def test_two_rules_into_one_stage_are_told_apart() -> None:
    """Sales may be entered from two stages, by different scores."""
    second = LifecycleRule("mql", ("recycled",), score=60)
    before = other(lifecycle=(MQL, second))
    after = other(lifecycle=(MQL, msgspec.structs.replace(second, score=70)))
    assert [change.words for change in diff(before, after)] == ["lifecycle mql #2: score from 60 to 70"]
