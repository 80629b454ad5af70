"""Decisions: sales keeps a lead until its answer is due, and what sales writes stays out of events."""

from datetime import timedelta

from leadlight.activity.order_key import day_number, milliseconds
from leadlight.lifecycle.decide import decide
from leadlight.lifecycle.standing import Entries, HandOff, Standing
from leadlight.model.document import read_documents
from leadlight.model.structs import BuyingStage
from leadlight.scoring import Totals
from leadlight.state import LeadState
from leadlight.state.fold import Verdict
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
