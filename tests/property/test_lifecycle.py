"""Decisions: legal, numbered, settled; and no flapping, whatever the score does."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from leadlight.activity.order_key import day_number, milliseconds
from leadlight.lifecycle.decide import decide
from leadlight.lifecycle.decision import Decision
from leadlight.lifecycle.transitions import STAGE_NAMES, TRANSITIONS
from leadlight.model import BuyingStage, Grade, LifecycleRule, Model
from leadlight.model.document import read_documents
from leadlight.scoring import Totals
from leadlight.state import LeadState
from leadlight.state.fold import Deal, Verdict

START = datetime(2026, 5, 1, 9, tzinfo=UTC)
MODEL = read_documents().model


class Moment(NamedTuple):
    """What a rescore finds: hours since the last one, a score, and what sales and the CRM have said meanwhile."""

    hours: int
    score: int
    grade: Grade = "A"
    answer: str = ""
    deal: str = ""


grades: st.SearchStrategy[Grade] = st.sampled_from(("A", "B", "C", "D"))
moments = st.builds(
    Moment,
    hours=st.integers(0, 200),
    score=st.integers(0, 100),
    grade=grades,
    answer=st.sampled_from(("", "", "accepted", "rejected")),
    deal=st.sampled_from(("", "", "", "", "opened", "won", "lost")),
)


@st.composite
def rules(draw: st.DrawFn) -> LifecycleRule:
    score = draw(st.none() | st.integers(1, 100))
    return LifecycleRule(
        enter=draw(st.sampled_from(STAGE_NAMES)),
        source=tuple(draw(st.lists(st.sampled_from(STAGE_NAMES), min_size=1, max_size=3))),
        score=score,
        falls_below=draw(st.none() | st.integers(0, score - 1)) if score else None,
        falls_to=draw(st.sampled_from(STAGE_NAMES)),
        grade=draw(grades),
        dwell=draw(st.integers(0, 5)),
        cool_down=draw(st.integers(0, 5)),
        hand_off_hours=draw(st.none() | st.integers(1, 48)),
        on=None if score else draw(st.sampled_from(("accepted", "rejected"))),
    )


models = st.just(MODEL) | st.lists(rules(), max_size=5).map(
    lambda drawn: msgspec.structs.replace(MODEL, lifecycle=tuple(drawn))
)


def live(course: Sequence[Moment], model: Model = MODEL) -> tuple[LeadState, list[Decision]]:
    """The lead after a course of moments, and every decision on the way."""
    state, now, taken = LeadState("ld_one"), START, []
    for number, moment in enumerate(course):
        now += timedelta(hours=moment.hours)
        key = milliseconds(now).to_bytes(6, "big") + number.to_bytes(8, "big")
        if moment.answer and state.standing.hand_off:
            state.fold.verdicts[state.standing.hand_off.id] = Verdict(key, moment.answer, "no budget")
        if moment.deal:
            state.fold.deals.setdefault("d1", {})[moment.deal] = Deal(key, 100, "EUR")
        totals = Totals(moment.score, moment.grade, BuyingStage.AWARENESS)
        state = replace(state, totals=totals, as_of=day_number(now))
        conclusion = decide(state, model=model, now=now)
        state = replace(state, standing=conclusion.standing)
        taken += conclusion.decisions
    return state, taken


@given(st.lists(moments, max_size=12), models)
def test_decisions_are_legal_and_numbered(course: list[Moment], model: Model) -> None:
    """Each move is in the transition table and starts where the last one ended; seq has no gap; one id each."""
    state, taken = live(course, model)
    assert [decision.seq for decision in taken] == list(range(1, state.standing.seq + 1))
    assert len({decision.id for decision in taken}) == len(taken)
    stage = "lead"
    for move in taken:
        if move.kind == "stage_changed":
            assert move.before == stage
            assert move.after in TRANSITIONS[stage]
            stage = str(move.after)
        assert move.stage == stage
    assert state.standing.stage == stage


@given(st.lists(moments, min_size=1, max_size=8))
def test_deciding_again_decides_nothing(course: list[Moment]) -> None:
    """What was concluded is settled: the same facts at the same moment give no second decision."""
    state, _ = live(course)
    now = START + timedelta(hours=sum(moment.hours for moment in course))
    assert decide(state, model=MODEL, now=now).decisions == []


@given(st.lists(moments, max_size=8), models)
def test_deciding_is_pure(course: list[Moment], model: Model) -> None:
    """A conflict makes a rescore start again: it comes to the same."""
    state, _ = live(course, model)
    if state.totals:
        now = START + timedelta(days=100)
        first, second = (decide(state, model=model, now=now) for _ in range(2))
        assert (first.decisions, first.standing) == (second.decisions, second.standing)


@given(st.lists(st.integers(30, 59), max_size=20), st.integers(0, 400))
def test_inside_the_band_nothing_flaps(scores: list[int], hours: int) -> None:
    """Hysteresis: entered at 45, a lead stays an MQL until it falls below 30, however the score swings."""
    _, taken = live([Moment(0, 45), *(Moment(hours, score) for score in scores)])
    assert [decision.after for decision in taken if decision.kind == "stage_changed"] == ["mql"]


@given(st.lists(st.builds(Moment, hours=st.integers(0, 30), score=st.integers(0, 100)), max_size=25))
def test_dwell_and_cool_down_hold(course: list[Moment]) -> None:
    """By score alone, nobody leaves a stage within its dwell, nor comes back within its cool-down."""
    _, taken = live(course)
    rules = {rule.enter: rule for rule in MODEL.lifecycle if rule.score is not None}
    entered: dict[str, datetime] = {}
    left: dict[str, datetime] = {}
    for move in (decision for decision in taken if decision.kind == "stage_changed"):
        at = datetime.fromisoformat(move.decided_at)
        before, after = str(move.before), str(move.after)
        if move.cause.startswith("score_below"):
            assert at - entered[before] >= timedelta(days=rules[before].dwell)
        if move.cause.startswith("score_at_least") and after in left:
            assert at - left[after] >= timedelta(days=rules[after].cool_down)
        entered[after], left[before] = at, at


@given(st.lists(moments, max_size=12))
def test_each_hand_off_is_answered_at_most_once(course: list[Moment]) -> None:
    """A hand-off is named by the decision that opened it, and an answer to it moves the lead once."""
    _, taken = live(course)
    opened = [decision.hand_off for decision in taken if decision.kind == "handed_off"]
    assert opened == [decision.id for decision in taken if decision.kind == "handed_off"]
    rejected = [decision.hand_off for decision in taken if decision.kind == "rejected"]
    assert len(set(rejected)) == len(rejected)
    assert set(rejected) <= set(opened)
