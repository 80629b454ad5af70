"""Customer acquisition cost: what was spent over who was won, by currency; undefined where it can't be told."""

from datetime import date

from leadlight.kpi import DayMeasures, Kpi, Spend, kpis, measure

TODAY = date(2026, 11, 21)
DAYS = [
    DayMeasures("2026-11-01", {"customers": 2}, spend={"EUR": 30_000, "USD": 1_050}),
    DayMeasures("2026-11-02", {}, spend={"EUR": -10_000}),
    DayMeasures("2026-12-01", {"customers": 4}),
]


def cac(days: list[DayMeasures], **window: date) -> list[Kpi]:
    return [kpi for kpi in kpis(days, as_of=TODAY, **window) if kpi.kpi == "cac"]


def test_spend_over_new_customers_in_each_currency() -> None:
    """Within the window; what came back is taken off."""
    euros, dollars = cac(DAYS, last=date(2026, 11, 30))
    assert (euros.unit, euros.value, euros.numerator, euros.denominator, euros.n) == ("EUR", 100.0, 200.0, 2, 2)
    assert (dollars.unit, dollars.value) == ("USD", 5.25)


def test_without_customers_or_spend_it_is_undefined() -> None:
    """Null with a reason, never 0."""
    euros = cac(DAYS[1:2])[0]
    assert (euros.value, euros.numerator, euros.reason) == (None, -100.0, "no new customer in the window")
    unknown = cac(DAYS[2:])[0]
    assert (unknown.value, unknown.numerator, unknown.n) == (None, None, 4)
    assert "no spend" in unknown.reason


def test_lines_of_a_day_add_up_by_currency() -> None:
    """In the day measures, beside what the leads' states say."""

    def line(number: int, **more: str) -> Spend:
        given = {"day": "2026-11-02", "currency": "EUR", **more}
        return Spend(source="s", id=str(number), channel="ads", amount=100 * number, **given)

    found = measure([], [line(1), line(2, day="2026-11-01"), line(3), line(4, currency="USD")])
    assert [(day.day, day.spend) for day in found] == [
        ("2026-11-01", {"EUR": 200}),
        ("2026-11-02", {"EUR": 400, "USD": 400}),
    ]
