"""Who is engaged and who no longer is: leads that stand by themselves, as the nightly sweep counted them."""

import msgspec

from leadlight.kpi.window import Kpi, Window

_KPIS = (
    Kpi(
        kpi="engaged_leads",
        title="Engaged leads",
        kind="leading",
        unit="leads",
        value=None,
        note="did what gives points within their model's engaged_within; of all that ever did",
    ),
    Kpi(
        kpi="disengaged_leads",
        title="Disengaged leads",
        kind="trailing",
        unit="leads",
        value=None,
        note="did what gives points, and not within their model's engaged_within",
    ),
    Kpi(
        kpi="newly_disengaged_leads",
        title="Newly disengaged leads",
        kind="trailing",
        unit="leads",
        value=None,
        note="found so by the nights of the window, each time that it happened",
    ),
)


def engagement(window: Window) -> list[Kpi]:
    """Of the newest night in the window: engaged leads and disengaged leads; over it: those that became disengaged.

    Engaged: it did something that its model gives points for, within the days that the model says (`engaged_within`).
    Disengaged: it did so once, and not within them. Who never did is neither.
    """
    day, levels = window.levels
    if not day:
        return [msgspec.structs.replace(kpi, reason="no nightly sweep was done in the window") for kpi in _KPIS]
    engaged, disengaged, newly = _KPIS
    both = levels["engaged"] + levels["disengaged"]
    counted = {"denominator": both, "n": both, "window": day}
    became = window.counts["newly_disengaged"]
    return [
        msgspec.structs.replace(engaged, value=levels["engaged"], numerator=levels["engaged"], **counted),
        msgspec.structs.replace(disengaged, value=levels["disengaged"], numerator=levels["disengaged"], **counted),
        msgspec.structs.replace(newly, value=became, numerator=became, n=became),
    ]
