"""KPIs: day measures add up, and percentiles are those of the values themselves."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.kpi import DayMeasures, kpis, measure
from leadlight.kpi.kpis import percentile
from leadlight.lifecycle.standing import Entries, Standing
from leadlight.state import LeadState
from leadlight.state.fold import Deal, Verdict
from tests.property.histories import DAYS, facts, ordered

START_DAY = 20_574
DAY_MS = 86_400_000


@given(st.lists(st.integers(-30, 400), min_size=1), st.sampled_from((10, 25, 50, 75, 90, 99)))
def test_percentiles_from_histograms_are_exact(lags: list[int], percent: int) -> None:
    """Hyndman and Fan's second definition, on the values one by one."""
    values = sorted(lags)
    place = Fraction(len(values) * percent, 100)
    above = values[min(int(place), len(values) - 1)]
    wanted = (values[int(place) - 1] + above) / 2 if place.denominator == 1 else above
    assert percentile(Counter(lags), percent) == wanted


@given(st.lists(st.integers(0, 400), min_size=1))
def test_percentiles_lie_between_the_least_and_the_most_and_rise(lags: list[int]) -> None:
    """The 50th is the median; none is outside of what was measured."""
    found = [percentile(Counter(lags), percent) for percent in range(1, 100)]
    assert found == sorted(found)
    assert min(lags) <= found[0] <= found[-1] <= max(lags)


@st.composite
def leads(draw: st.DrawFn) -> LeadState:
    fold = ordered(draw(facts(most=12)))
    for number, day in enumerate(draw(st.lists(st.integers(0, DAYS), max_size=2))):
        key = (START_DAY + day) * DAY_MS
        fold.deals[f"w{number}"] = {"won": Deal(key.to_bytes(6, "big") + bytes(8), draw(st.integers(0, 999)), "EUR")}
        fold.verdicts[f"v{number}"] = Verdict(key.to_bytes(6, "big") + bytes(8), "accepted", "")
    entries = {
        stage: Entries(first=(START_DAY + draw(st.integers(0, DAYS))) * DAY_MS, times=draw(st.integers(1, 3)))
        for stage in draw(st.sets(st.sampled_from(("mql", "sql"))))
    }
    return LeadState("ld_one", fold=fold, standing=Standing(entries=entries))


@given(st.lists(leads(), max_size=6), st.integers(0, 6))
def test_measures_of_two_halves_add_up_to_those_of_all(states: list[LeadState], cut: int) -> None:
    """Additive: leads may be counted in any parts, and days merge to weeks and months."""
    assert _sum(measure(states)) == _sum([*measure(states[:cut]), *measure(states[cut:])])


@given(st.lists(leads(), max_size=6), st.randoms(use_true_random=False))
def test_measures_do_not_depend_on_the_order_of_leads(states: list[LeadState], random: Random) -> None:
    """A rollup run twice gives the same items."""
    assert measure(states) == measure(random.sample(states, len(states)))


@given(st.lists(leads(), max_size=6))
def test_every_kpi_is_defined_or_says_why_not(states: list[LeadState]) -> None:
    """Undefined is null with a reason, never 0; a ratio is its numerator over its denominator."""
    for kpi in kpis(measure(states), as_of=date(2026, 6, 1)):
        assert (kpi.value is None) == bool(kpi.reason)
        if kpi.unit == "ratio" and kpi.value is not None:
            assert kpi.denominator
            assert kpi.value == pytest.approx((kpi.numerator or 0) / kpi.denominator)


def _sum(days: Iterable[DayMeasures]) -> dict[tuple[str, ...], int]:
    total: Counter[tuple[str, ...]] = Counter()
    for day in days:
        total.update({(day.day, "counts", name): n for name, n in day.counts.items()})
        total.update({(day.day, "amounts", name): n for name, n in day.amounts.items()})
        for name, lags in day.lags.items():
            total.update({(day.day, name, str(lag)): n for lag, n in lags.items()})
    return {name: n for name, n in total.items() if n}
