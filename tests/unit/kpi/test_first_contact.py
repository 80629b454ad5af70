"""First contact starts a cycle; a deal never does, whatever its date."""

from datetime import date

from leadlight.kpi import kpis, measure
from leadlight.state import Change, LeadState, apply
from tests.unit.builders import fact

DEAL = {"properties": {"deal_id": "d"}}


def figures(*changes: Change) -> dict:
    state = LeadState("ld_x")
    apply(state.fold, changes, signals_of=lambda *_: (), facts_on=lambda _day: [])
    return {kpi.kpi: kpi for kpi in kpis(measure([state]), as_of=date(2026, 11, 21))}


def test_a_deal_before_the_first_contact_is_won_and_out_of_order() -> None:
    """A day before: it counts as a customer, not within the window, and the note says so."""
    found = figures(Change(fact("lead_identified", days_ago=5)), Change(fact("deal_won", name="d", days_ago=6, **DEAL)))
    assert (found["customers"].value, found["lead_to_customer_rate"].numerator) == (1, 0)
    assert found["sales_cycle_median"].value == -1
    assert "1 out of order" in found["lead_to_customer_rate"].note


def test_a_customer_without_a_first_contact_has_no_cycle() -> None:
    """Deals may come before, or without, their leads: the customer counts; what is unknown stays unknown."""
    found = figures(Change(fact("deal_won", **DEAL)))
    assert (found["customers"].value, found["new_leads"].value) == (1, 0)
    assert found["sales_cycle_median"].value is None
