"""KPIs over a window: what lies outside does not count, and the velocity's periods end with the window."""

from datetime import date, timedelta

from leadlight.kpi import DayMeasures, kpis

TODAY = date(2026, 11, 21)
DAYS = [
    DayMeasures((TODAY - timedelta(days=back)).isoformat(), {"new_leads": 1, "mql_first": 1 + (back < 30)})
    for back in range(119, -1, -1)
]


def found(**window: date) -> dict[str, float | None]:
    return {kpi.kpi: kpi.value for kpi in kpis(DAYS, as_of=TODAY, **window)}


def test_counts_are_those_of_the_window():
    """From and to, both included."""
    assert found()["new_leads"] == 120
    assert found(first=TODAY - timedelta(days=9))["new_leads"] == 10
    assert found(last=TODAY - timedelta(days=100))["new_leads"] == 20


def test_the_lead_velocity_rate_does_not_depend_on_where_the_window_begins():
    """Its two periods of 30 days end with the window, and lie outside of it where it is short."""
    assert found()["lead_velocity_rate"] == 1.0
    assert found(first=TODAY - timedelta(days=5))["lead_velocity_rate"] == 1.0
    assert found(last=TODAY - timedelta(days=31))["lead_velocity_rate"] == 0.0
