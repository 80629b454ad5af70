"""What the terminal shows: the ranked leads with their reasons, the KPIs, the times."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from infra.local.traffic import Latency

REASONS = 3
GRADE_STYLES = {"A": "bold green", "B": "green", "C": "yellow", "D": "dim"}


def leads_table(leads: Sequence[Mapping[str, Any]], *, title: str) -> Table:
    """The leads in the order given: `A 87`, stage, company, why."""
    table = Table(title=title, title_justify="left", header_style="bold", expand=False)
    table.add_column("#", justify="right", style="dim")
    table.add_column("score", no_wrap=True)
    table.add_column("stage", no_wrap=True)
    table.add_column("lead", no_wrap=True, overflow="ellipsis", max_width=20)
    table.add_column("company", overflow="ellipsis", no_wrap=True, max_width=20)
    table.add_column("why", ratio=1)
    for place, lead in enumerate(leads, start=1):
        score = Text(f"{lead['grade']} {lead['score']}", style=GRADE_STYLES.get(lead["grade"], ""))
        who = lead.get("name") or lead.get("email") or "anonymous"
        table.add_row(str(place), score, lead["stage"], who, lead.get("company") or "", _reasons(lead))
    return table


def _reasons(lead: Mapping[str, Any]) -> str:
    contributions = lead.get("top_contributions") or []
    return ", ".join(f"{each['label']} {_signed(each['share'])}" for each in contributions[:REASONS])


def _signed(share: float) -> str:
    return f"{share:+.1f}".removesuffix(".0")


def kpis_table(answer: Mapping[str, Any]) -> Table:
    """Each KPI with what it was made of; an undefined one with the reason."""
    table = Table(title=f"KPIs as of {answer['as_of'][:16]}Z", title_justify="left", header_style="bold")
    table.add_column("KPI", no_wrap=True)
    table.add_column("kind", style="dim")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("of", justify="right", no_wrap=True)
    table.add_column("n", justify="right")
    table.add_column("note")
    for kpi in answer["kpis"]:
        title, note = kpi.get("title") or kpi["kpi"], kpi.get("reason") or kpi.get("note") or ""
        table.add_row(title, kpi["kind"], _value(kpi), _fraction(kpi), _number(kpi.get("n")), note)
    return table


def _value(kpi: Mapping[str, Any]) -> str:
    if kpi.get("value") is None:
        return "-"
    return f"{_number(kpi['value'])} {kpi.get('unit') or ''}".rstrip()


def _fraction(kpi: Mapping[str, Any]) -> str:
    parts = (kpi.get("numerator"), kpi.get("denominator"))
    return "" if None in parts else " / ".join(_number(part) for part in parts)


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else ""


def times_line(seconds: Mapping[str, float]) -> str:
    """Each phase and how long it took."""
    return " · ".join(f"{name} {spent:.1f} s" for name, spent in seconds.items())


def latency_line(latency: Latency) -> str:
    """The promise that a webhook's effect is out in a moment, as measured."""
    p50, p95 = latency.percentile(50), latency.percentile(95)
    count = len(latency.samples)
    return f"from HTTP post to EventBridge event: p50 {p50:.0f} ms, p95 {p95:.0f} ms ({count} new leads, one at a time)"


def instructions(*, url: str, access_key: str, secret_key: str, region: str) -> Group:
    """How to talk to the running stack."""
    signed = f'curl --aws-sigv4 "aws:amz:{region}:execute-api" --user "{access_key}:{secret_key}"'
    return Group(
        Text("The stack stays up. Talk to it:", style="bold"),
        Text(f"  curl '{url}/v1/health'"),
        Text(f"  {signed} '{url}/v1/leads?limit=5'"),
        Text(f"  {signed} '{url}/v1/kpis'"),
        Text("Ctrl-C stops it and leaves nothing behind.", style="bold"),
    )
