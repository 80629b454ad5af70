"""DynamoDB units per activity by the documented rules: ingest, rescore and publish, real handlers and adapters.

The short history is of the last 30 days, the others of the last 390: what a state item holds is days and signals, so
that the longest, with every signal on every day, is the worst case. The peer's units were worked out apart from this run.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TypedDict

from leadlight.activity import is_account
from tests.bench import traffic
from tests.bench.item_size import size
from tests.bench.list_prices import in_writes
from tests.bench.row import Row, at_most, ratio_at_most, row
from tests.bench.world import World, world

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TRANSACTIONS = "fact, marker and state in one transaction"
TRANSACTIONS_WRU = 4.4


@dataclass(frozen=True)
class Usage:
    """What one activity used, on average; CPU of our code is by invocation."""

    writes: dict[str, float]
    reads: dict[str, float]
    events: float
    event_bytes: float
    invocations: dict[str, float]
    rescore_ms: float
    publish_ms: float
    state_bytes: int
    history_bytes: int

    @property
    def wru(self) -> float:
        return sum(self.writes.values())

    @property
    def rru(self) -> float:
        return sum(self.reads.values())

    @property
    def in_writes(self) -> float:
        return in_writes(self.wru, self.rru)


class Sized(TypedDict):
    """How much is measured; `days` is what the history is spread over."""

    leads: int
    activities: int
    history: int
    days: int


@dataclass(frozen=True)
class History:
    """A length of history: how many leads have it, and what is shown where only the code is to be seen running."""

    count: int
    leads: int
    shown: int
    days: int = 390

    @property
    def full(self) -> Sized:
        return Sized(leads=self.leads, activities=2000, history=self.count, days=self.days)

    @property
    def quick(self) -> Sized:
        return Sized(leads=2, activities=60, history=self.shown, days=self.days)


HISTORIES = (
    History(10, leads=60, shown=10, days=30),
    History(1_000, leads=20, shown=100),
    History(100_000, leads=2, shown=300),
)


def measure(*, leads: int, activities: int, history: int, days: int, seed: int = 1) -> Usage:
    """Leads with a history get more activities; only those are metered."""
    random = Random(seed)
    names = [f"lead{number}" for number in range(leads)]
    with world(NOW) as made:
        for name in names:
            fill(made, list(traffic.history(random, name, history, until=NOW, days=days)))
        made.reset()
        count = made.receive_all(traffic.requests(random, names, activities, start=NOW))
        meter = made.tables.meter
        return Usage(
            writes={table: units / count for table, units in meter.writes.items()},
            reads={table: units / count for table, units in meter.reads.items()},
            events=meter.events / count,
            event_bytes=meter.event_bytes / count,
            invocations={name: calls / count for name, calls in made.invocations.items()},
            rescore_ms=made.cpu["rescore"] / made.invocations["rescore"] * 1000,
            publish_ms=made.cpu["publish"] / max(1, made.invocations["publish"]) * 1000,
            state_bytes=_median_bytes(made, "state"),
            history_bytes=_median_bytes(made, "history"),
        )


def rows(*, quick: bool) -> tuple[list[Row], Usage]:
    """WRU and RRU at each length of history, what a lead's items weigh, and the longest beside the shortest."""
    used = {each: measure(**each.quick if quick else each.full) for each in HISTORIES}
    found = []
    for each, usage in used.items():
        found += [
            row(
                f"DynamoDB writes per activity, {each.count:,} activities of history",
                usage.wru,
                "WRU",
                peer=TRANSACTIONS,
                peer_value=TRANSACTIONS_WRU,
                budget=at_most(2.0, "WRU"),
            ),
            row(
                f"DynamoDB reads per activity, {each.count:,} activities of history",
                usage.rru,
                "RRU",
                budget=at_most(0.9, "RRU"),
            ),
            row(
                f"of which the days of late facts, {each.count:,} activities of history",
                usage.reads.get("activities", 0),
                "RRU",
            ),
            row(f"state item, {each.count:,} activities of history", usage.state_bytes, "bytes"),
            row(f"history beside it, {each.count:,} activities of history", usage.history_bytes, "bytes"),
        ]
    few, *_, many = used.values()
    first, *_, last = (f"{each.count:,}" for each in used)
    found += [
        row(
            f"{kind} per activity, {last} beside {first} of history",
            after,
            unit,
            peer=f"{first} of history",
            peer_value=before,
            budget=ratio_at_most(1.1),
        )
        for kind, unit, before, after in (
            ("DynamoDB writes", "WRU", few.wru, many.wru),
            ("DynamoDB reads", "RRU", few.rru, many.rru),
            ("DynamoDB units", "WRU and RRU", few.wru + few.rru, many.wru + many.rru),
            ("DynamoDB cost", "WRU and RRU at the price of WRU", few.in_writes, many.in_writes),
        )
    ]
    return found, few


def fill(made: World, events: list[traffic.Event]) -> None:
    """A history as it came, a hundred activities at a time."""
    for start in range(0, len(events), 100):
        chunk = events[start : start + 100]
        made.receive(datetime.fromisoformat(chunk[-1]["time"]), chunk)


def _median_bytes(made: World, item: str) -> int:
    """0 where not even half of the leads have such an item."""
    leads = [items for lead_id, items in made.tables.items("leads").items() if not is_account(lead_id)]
    sizes = sorted(size(items[item]) if item in items else 0 for items in leads)
    return sizes[len(sizes) // 2]
