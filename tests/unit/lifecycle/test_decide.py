"""Decisions: sales keeps a lead until its answer is due, and what sales writes stays out of events."""

from datetime import timedelta

import msgspec
import pytest

from leadlight.activity.order_key import day_number, milliseconds
from leadlight.kpi import measure
from leadlight.lifecycle.decide import decide
from leadlight.lifecycle.standing import Entries, HandOff, Standing
from leadlight.model.document import read_documents
from leadlight.model.structs import BuyingStage
from leadlight.scoring import Totals
from leadlight.state import LeadState
from leadlight.state.fold import Fold, Touch, Verdict
from tests.unit.builders import NOW

MODEL = read_documents().model


def handed_off(*, due_in: timedelta) -> LeadState:
    """A lead that was given to sales two days ago, and whose score fell since."""
    opened = milliseconds(NOW - timedelta(days=2))
    standing = Standing(
        seq=4,
        stage="sql",
        entered_at=opened,
        entries={"mql": Entries(opened), "sql": Entries(opened)},
        hand_off=HandOff("ld_a#4", opened, milliseconds(NOW + due_in)),
    )
    totals = Totals(10, "A", BuyingStage.AWARENESS)
    return LeadState("ld_a", standing=standing, totals=totals, as_of=day_number(NOW))


def test_a_lead_stays_with_sales_until_the_answer_is_due():
    """A score that falls meanwhile does not take it back."""
    assert decide(handed_off(due_in=timedelta(hours=1)), model=MODEL, now=NOW).standing.stage == "sql"
    late = decide(handed_off(due_in=-timedelta(hours=1)), model=MODEL, now=NOW)
    assert late.standing.stage == "mql"
    assert late.standing.hand_off is None


def test_an_answer_counts_however_far_the_score_fell():
    """Accepted in time, it is a SAL."""
    state = handed_off(due_in=timedelta(hours=1))
    state.fold.verdicts["ld_a#4"] = Verdict(b"\0" * 14, "accepted", "")
    assert decide(state, model=MODEL, now=NOW).standing.stage == "sal"


def test_the_reason_that_sales_wrote_stays_out_of_the_events():
    """It may name people; the API shows it to those who may see it."""
    state = handed_off(due_in=timedelta(hours=1))
    state.fold.verdicts["ld_a#4"] = Verdict(b"\0" * 14, "rejected", "Ada left, call Bob")
    found = decide(state, model=MODEL, now=NOW)
    assert found.standing.stage == "recycled"
    assert {decision.kind for decision in found.decisions} >= {"stage_changed", "rejected"}
    assert "Bob" not in str(found.decisions)


def test_a_lead_that_falls_from_sales_is_not_qualified_anew():
    """It goes back to an MQL, which nobody hears of as a qualification, and which is no other entry in the KPIs."""
    fallen = handed_off(due_in=-timedelta(hours=1))
    found = decide(fallen, model=MODEL, now=NOW)
    assert [(each.before, each.after) for each in found.decisions if each.kind == "stage_changed"] == [("sql", "mql")]
    assert "qualified" not in {each.kind for each in found.decisions}
    after = LeadState("ld_a", standing=found.standing, totals=fallen.totals, fold=met(), as_of=fallen.as_of)
    assert sum(day.counts.get("mql_again", 0) for day in measure([after])) == 0


@pytest.mark.parametrize("before", ["lead", "recycled"])
def test_a_lead_that_rises_to_an_mql_is_qualified(before: str):
    """The first time, and when it comes anew: the KPIs tell the two apart."""
    known = {"mql": Entries(1)} if before == "recycled" else {}
    totals = Totals(50, "A", BuyingStage.AWARENESS)
    state = LeadState("ld_a", standing=Standing(stage=before, entries=known), totals=totals, as_of=day_number(NOW))
    found = decide(state, model=MODEL, now=NOW)
    assert "qualified" in {each.kind for each in found.decisions}
    assert found.standing.entries["mql"].times == (2 if before == "recycled" else 1)


def test_a_lead_that_skipped_a_stage_and_falls_into_it_is_there_once():
    """It may go straight to sales, where a model says so; it comes back at the earliest after the cool-down."""
    state = handed_off(due_in=-timedelta(hours=1))
    state = msgspec.structs.replace(state.standing, entries={"sql": Entries(milliseconds(NOW))})
    found = decide(
        LeadState("ld_a", standing=state, totals=Totals(10, "A", BuyingStage.AWARENESS), as_of=day_number(NOW)),
        model=MODEL,
        now=NOW,
    )
    assert found.standing.entries["mql"] == Entries(milliseconds(NOW))


def met() -> Fold:
    """The fold of a lead whose first contact is known."""
    return Fold(first=Touch(milliseconds(NOW).to_bytes(6, "big") + bytes(8), "activity", "web", ""))
