"""One account with many leads: a changed trait rescores each of them once; units by the documented rules."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from leadlight.activity import Identity, account_id_of
from leadlight.adapters.lead_items import from_item
from tests.bench import traffic
from tests.bench.metered import Meter
from tests.bench.row import Row, row
from tests.bench.world import World, world

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DOMAIN = "acme.example"
ACCOUNT = account_id_of(Identity("domain", DOMAIN))


@dataclass(frozen=True)
class Told:
    """What it took to tell an account's leads. `times` is how often leads were rescored: each once is {1: all}."""

    leads: int
    times: dict[int, int]
    writes: dict[str, float]
    reads: dict[str, float]
    invocations: int

    @property
    def wru(self) -> float:
        return sum(self.writes.values())

    @property
    def rru(self) -> float:
        return sum(self.reads.values())


def measure(*, leads: int) -> Told:
    """The leads do something, the account becomes known; then one of its traits changes, and that is metered."""
    with world(NOW) as made:
        for start in range(0, leads, 100):
            made.receive(NOW, [_demo(number) for number in range(start, min(start + 100, leads))])
        made.receive(NOW, [_account("first", 40)])
        before = _versions(made)
        made.tables.meter, made.invocations["rescore"] = Meter(), 0
        made.receive(NOW + timedelta(minutes=1), [_account("second", 4000)])
        after, meter = _versions(made), made.tables.meter
        moved = [after[lead_id] - version for lead_id, version in before.items()]
        assert all(size == 4000 for size in _sizes(made))
        return Told(
            leads=len(before),
            times={times: moved.count(times) for times in sorted(set(moved))},
            writes={table: units / leads for table, units in meter.writes.items()},
            reads={table: units / leads for table, units in meter.reads.items()},
            invocations=made.invocations["rescore"],
        )


def rows(*, quick: bool) -> list[Row]:
    """Units per lead, and how many leads there were."""
    told = measure(leads=40 if quick else 1000)
    name = f"a changed trait of an account with {told.leads:,} leads"
    return [
        row(f"{name}: rescored once each", told.times.get(1, 0), "leads"),
        row(f"{name}: writes per lead", told.wru, "WRU"),
        row(f"{name}: reads per lead", told.rru, "RRU"),
    ]


def _demo(number: int) -> traffic.Event:
    return _event(f"demo-{number}", "demo_requested", subject=f"lead{number}@{DOMAIN}", data={"properties": {}})


def _account(name: str, employees: int) -> traffic.Event:
    traits = {"name": "Acme", "employees": employees, "industry": "software", "country": "DE"}
    return _event(f"account-{name}", "account_identified", data={"account": {"domain": DOMAIN, "traits": traits}})


def _event(name: str, kind: str, **more: Any) -> traffic.Event:
    moment = NOW - timedelta(minutes=0 if name.endswith("second") else 5)
    event = {"specversion": "1.0", "id": name, "source": "bench", "type": kind}
    return {**event, "time": moment.isoformat(timespec="milliseconds"), **more}


def _versions(made: World) -> dict[str, int]:
    leads = made.tables.items("leads").items()
    return {lead_id: int(items["state"]["version"]["N"]) for lead_id, items in leads if lead_id != ACCOUNT}


def _sizes(made: World) -> list[Any]:
    leads = made.tables.items("leads").items()
    states = [from_item(items["state"]) for lead_id, items in leads if lead_id != ACCOUNT]
    return [state.fold.known_traits().get("company_size") for state in states]


def main() -> None:
    """Prints the rows of 1,000 leads."""
    told = measure(leads=1000)
    print(f"{told.leads} leads, times rescored {told.times}, {told.invocations} invocations of rescore")
    print(f"per lead {told.wru:.2f} WRU {told.writes}, {told.rru:.2f} RRU {told.reads}")


if __name__ == "__main__":
    main()
