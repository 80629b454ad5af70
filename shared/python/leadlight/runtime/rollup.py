"""The rollup: day measures from every lead's state, what was spent and what sweeps counted; and the accounts' ranks."""

from leadlight.kpi import measure
from leadlight.ports import Ports
from leadlight.runtime.account_ranks import AccountRanks


def roll_up(ports: Ports) -> dict[str, int]:
    """Works out all day measures and stores those that differ. A second run writes nothing."""
    as_of = ports.now()  # before the scan: what comes in meanwhile may be missing
    ranks = AccountRanks(ports)
    days = measure(ranks.seen(ports.leads.scan()), ports.records.spend(), ports.records.engagement())
    written = ports.records.put_measures(days, as_of=as_of)
    return {
        "days": len(days),
        "written": written,
        "leads": sum(day.counts.get("new_leads", 0) for day in days),
        "accounts": ranks.save(),
    }
