"""The rollup: day measures from every lead's state."""

from leadlight.kpi import measure
from leadlight.ports import Ports


def roll_up(ports: Ports) -> dict[str, int]:
    """Works out all day measures and stores those that differ. A second run writes nothing."""
    as_of = ports.now()  # before the scan: what comes in meanwhile may be missing
    days = measure(ports.leads.scan())
    written = ports.records.put_measures(days, as_of=as_of)
    return {
        "days": len(days),
        "written": written,
        "leads": sum(day.counts.get("new_leads", 0) for day in days),
    }
