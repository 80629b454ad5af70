"""The ranked leads and the KPIs as the terminal shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from leadlight.cli.picture import number
from leadlight.cli.screen import text

_PERCENT = 100
_GRADES = {"A": "bold green", "B": "green", "C": "yellow", "D": "dim"}


def leads_table(found: Sequence[Mapping[str, Any]]) -> Table:
    """The leads in their order: `A 87`, stages, who, and the reasons."""
    table = _empty()
    for heading in ("#", "score", "stage", "buying", "lead", "company", "why"):
        table.add_column(heading, justify="right" if heading == "#" else "left", no_wrap=heading != "why")
    for place, lead in enumerate(found, start=1):
        reasons = ", ".join(
            f"{part['label']} {number(round(part['share'], 1), sign=True)}" for part in lead["top_contributions"]
        )
        table.add_row(
            text(place, "dim"),
            Text(f"{lead['grade']} {lead['score']}", style=_GRADES[lead["grade"]]),
            text(lead["stage"]),
            text(lead["buying_stage"]),
            text(lead["name"] or lead["email"] or lead["lead_id"]),
            text(lead["company"]),
            text(reasons),
        )
    return table


def accounts_table(found: Sequence[Mapping[str, Any]]) -> Table:
    """The accounts in their order: the score, who, and the leads that give to it."""
    table = _empty()
    for heading in ("#", "score", "account", "leads", "because of"):
        table.add_column(
            heading, justify="right" if heading in ("#", "leads") else "left", no_wrap=heading == "account"
        )
    for place, account in enumerate(found, start=1):
        leads = ", ".join(
            f"{lead['name'] or lead['email'] or lead['lead_id']} {lead['grade']} {lead['score']}"
            f" ({number(round(lead['share'], 1), sign=True)})"
            for lead in account["leads"]
            if lead["share"]
        )
        table.add_row(
            text(place, "dim"),
            text(account["score"], "bold"),
            text(account["name"] or account["domain"] or account["account_id"]),
            text(len(account["leads"]) + account["others"]["leads"]),
            text(leads or "no lead scores above 0"),
        )
    return table


def kpis_table(found: Sequence[Mapping[str, Any]]) -> Table:
    """Each KPI with what it rests on; an undefined one says why."""
    table = _empty()
    for heading in ("KPI", "kind", "value", "of", "n", "window", "note"):
        table.add_column(
            heading, justify="right" if heading in ("value", "n") else "left", no_wrap=heading in ("value", "of")
        )
    for kpi in found:
        note = "; ".join(filter(None, (kpi["reason"], kpi["note"])))
        cells = (kpi["title"], kpi["kind"], _value(kpi), _rests_on(kpi), f"{kpi['n']:,}", kpi["window"], note)
        table.add_row(*(text(cell) for cell in cells))
    return table


def _value(kpi: Mapping[str, Any]) -> str:
    value, unit = kpi["value"], kpi["unit"]
    if value is None:
        return "undefined"
    if unit == "ratio":
        return f"{value * _PERCENT:,.1f} %"
    if unit == "leads":
        return f"{value:,.0f}"
    if unit == "days":
        return f"{value:,.1f}".removesuffix(".0") + " days"
    return f"{value:,.2f} {unit}"


def _rests_on(kpi: Mapping[str, Any]) -> str:
    if kpi["denominator"] is None:
        return ""
    return f"{kpi['numerator']:,.0f} of {kpi['denominator']:,.0f}"


def _empty() -> Table:
    return Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
