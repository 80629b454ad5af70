"""The KPIs that the day measures support. Undefined is null with a reason, never 0."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from leadlight.kpi.engagement import engagement
from leadlight.kpi.measures import DayMeasures
from leadlight.kpi.window import Kpi, Window

WIN_WITHIN = 90
QUALIFY_WITHIN = 30
VELOCITY_PERIOD = 30


def kpis(
    days: Sequence[DayMeasures], *, as_of: date, first: date = date.min, last: date = date.max, model: str = ""
) -> list[Kpi]:
    """Every KPI over a window.

    Args:
        days: all measures, oldest first.
        as_of: the day that they are for; cohorts too young to have had their time are marked.
        first: the window's first day.
        last: the window's last day; the periods of the lead velocity rate end there.
        model: the model and version that the stages were entered by.
    """
    window = Window(day for day in days if first.isoformat() <= day.day <= last.isoformat())
    found = [
        _count(window, "new_leads", "New leads", "leading"),
        _mqls(window),
        _cohort_rate(window, "lead_to_mql_rate", "Lead to MQL", "leading", "cohort_mql", QUALIFY_WITHIN, as_of),
        _velocity(Window(days), min(as_of, last)),
        _acceptance(window),
        _count(window, "customers", "Customers", "trailing"),
        _cohort_rate(window, "lead_to_customer_rate", "Lead to customer", "trailing", "cohort_win", WIN_WITHIN, as_of),
        *engagement(window),
        *_cycle(window),
        *_revenue(window),
        *_cac(window),
    ]
    return [msgspec.structs.replace(kpi, window=kpi.window or window.text, model=model) for kpi in found]


def percentile(lags: Mapping[int, int], percent: int) -> float:
    """The percentile of a whole-day histogram: the mean of the values around it (Hyndman and Fan, type 2)."""
    ordered = sorted(lags.items())
    n = sum(lags.values())
    rank, rest = divmod(n * percent, 100)
    low = _at(ordered, rank if rest else max(rank - 1, 0))
    return float(low) if rest else (low + _at(ordered, min(rank, n - 1))) / 2


def _at(ordered: Sequence[tuple[int, int]], place: int) -> int:
    for value, count in ordered:
        place -= count
        if place < 0:
            return value
    raise IndexError("past the end of the histogram")


def _count(window: Window, name: str, title: str, kind: Literal["leading", "trailing"]) -> Kpi:
    n = window.counts[name]
    return Kpi(kpi=name, title=title, kind=kind, unit="leads", value=n, numerator=n, n=n)


def _mqls(window: Window) -> Kpi:
    n = window.counts["mql_first"]
    again = window.counts["mql_again"]
    return Kpi(
        kpi="mql_count",
        title="MQLs",
        kind="leading",
        unit="leads",
        value=n,
        numerator=n,
        n=n,
        note=f"first entries; {again} re-entries apart",
    )


def _ratio(numerator: float, denominator: float, undefined: str) -> tuple[float | None, str]:
    return (numerator / denominator, "") if denominator else (None, undefined)


def _cohort_rate(  # noqa: PLR0913, PLR0917 - a KPI's definition
    window: Window,
    kpi: str,
    title: str,
    kind: Literal["leading", "trailing"],
    lags: str,
    within: int,
    as_of: date,
) -> Kpi:
    reached = window.lags(lags)
    inside = sum(count for lag, count in reached.items() if 0 <= lag <= within)
    cohort = window.counts["new_leads"]
    youngest = (as_of - timedelta(days=within)).isoformat()
    immature = sum(day.counts.get("new_leads", 0) for day in window.days if day.day > youngest)
    before = sum(count for lag, count in reached.items() if lag < 0)
    notes = [f"{immature} of {cohort} leads have not had {within} days yet"] if immature else []
    notes += [f"{before} out of order: dated before first contact"] if before else []
    value, reason = _ratio(inside, cohort, "no leads in the window")
    return Kpi(
        kpi=kpi,
        title=f"{title} within {within} days",
        kind=kind,
        unit="ratio",
        value=value,
        numerator=inside,
        denominator=cohort,
        n=cohort,
        reason=reason,
        note="; ".join(notes),
    )


def _velocity(window: Window, as_of: date) -> Kpi:
    def entered(start: int, end: int) -> int:
        first, last = (as_of - timedelta(days=back) for back in (start, end))
        return sum(
            day.counts.get("mql_first", 0) for day in window.days if first.isoformat() < day.day <= last.isoformat()
        )

    now, before = entered(VELOCITY_PERIOD, 0), entered(2 * VELOCITY_PERIOD, VELOCITY_PERIOD)
    value, reason = _ratio(now - before, before, "nobody qualified in the period before")
    return Kpi(
        kpi="lead_velocity_rate",
        title="Lead velocity rate",
        kind="leading",
        unit="ratio",
        value=value,
        numerator=now - before,
        denominator=before,
        n=now,
        window=f"{VELOCITY_PERIOD} days against the {VELOCITY_PERIOD} before",
        reason=reason,
    )


def _acceptance(window: Window) -> Kpi:
    accepted, rejected = window.counts["hand_offs_accepted"], window.counts["hand_offs_rejected"]
    value, reason = _ratio(accepted, accepted + rejected, "sales has answered no hand-off")
    return Kpi(
        kpi="acceptance_rate",
        title="Accepted hand-offs",
        kind="leading",
        unit="ratio",
        value=value,
        numerator=accepted,
        denominator=accepted + rejected,
        n=accepted + rejected,
        reason=reason,
    )


def _cycle(window: Window) -> list[Kpi]:
    lags = window.lags("cycle")
    n = sum(lags.values())
    before = sum(count for lag, count in lags.items() if lag < 0)
    figures: dict[str, float | None] = {"median": None, "p90": None, "mean": None}
    if n:
        mean = sum(lag * count for lag, count in lags.items()) / n
        figures = {"median": percentile(lags, 50), "p90": percentile(lags, 90), "mean": mean}
    return [
        Kpi(
            kpi=f"sales_cycle_{name}",
            title=f"Sales cycle, {name}",
            kind="trailing",
            unit="days",
            value=value,
            n=n,
            reason="" if n else "no deal won in the window",
            note="won deals only" + (f"; {before} out of order: dated before first contact" if before else ""),
        )
        for name, value in figures.items()
    ]


def _revenue(window: Window) -> list[Kpi]:
    return [
        Kpi(
            kpi="sales_revenue",
            title="Sales revenue",
            kind="trailing",
            unit=currency or "no currency given",
            value=amount / 100,
            numerator=amount / 100,
            n=window.counts["deals_won"],
        )
        for currency, amount in sorted(window.amounts.items())
    ]


def _cac(window: Window) -> list[Kpi]:
    customers = window.counts["customers"]
    unknown = Kpi(
        kpi="cac",
        title="Customer acquisition cost",
        kind="trailing",
        unit="no currency given",
        value=None,
        n=customers,
        reason="no spend is known in the window: import it",
    )
    found = []
    for currency, amount in sorted(window.spend.items()):
        value, reason = _ratio(amount / 100, customers, "no new customer in the window")
        found.append(
            msgspec.structs.replace(
                unknown,
                unit=currency,
                value=value,
                numerator=amount / 100,
                denominator=customers,
                reason=reason,
                note="spend and new customers of the same days, whenever the customers were won over",
            )
        )
    return found or [unknown]
