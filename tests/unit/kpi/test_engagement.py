"""Engaged and disengaged leads: what a night counted, not added up over nights; who became so is."""

from datetime import date

from leadlight.kpi import Engagement, Kpi, kpis, measure

NIGHTS = [
    Engagement(day="2026-11-19", engaged=40, disengaged=10, newly_disengaged=3),
    Engagement(day="2026-11-20", engaged=38, disengaged=13, newly_disengaged=4),
    Engagement(day="2026-11-21", engaged=45, disengaged=12, newly_disengaged=1),
]


def found(**window: date) -> dict[str, Kpi]:
    counted = kpis(measure([], engagement=NIGHTS), as_of=date(2026, 11, 21), **window)
    return {kpi.kpi: kpi for kpi in counted if "engaged" in kpi.kpi}


def test_levels_are_those_of_the_newest_night_in_the_window() -> None:
    """45 of the 57 that ever did something are engaged, 12 no longer; over three nights 3 + 4 + 1 became so."""
    engaged, disengaged, newly = found().values()
    assert (engaged.value, engaged.numerator, engaged.denominator, engaged.n) == (45, 45, 57, 57)
    assert (disengaged.value, disengaged.numerator, disengaged.denominator) == (12, 12, 57)
    assert (engaged.window, disengaged.window, newly.window) == ("2026-11-21", "2026-11-21", "2026-11-19..2026-11-21")
    assert (newly.value, newly.n, newly.denominator) == (8, 8, None)


def test_an_earlier_window_has_its_own_night() -> None:
    """13 of 51, and 3 + 4."""
    told = found(last=date(2026, 11, 20))
    assert (told["disengaged_leads"].value, told["disengaged_leads"].n) == (13, 51)
    assert told["newly_disengaged_leads"].value == 7


def test_without_a_night_nobody_was_counted() -> None:
    """Undefined, and the reason; not 0."""
    for kpi in found(first=date(2026, 12, 1)).values():
        assert (kpi.value, kpi.reason) == (None, "no nightly sweep was done in the window")
