"""DynamoDB units per activity by the documented rules: ingest, rescore and publish, real handlers and adapters.

The short history is of the last 30 days, the long one of the last 390: what a state item holds is days and signals,
so the second is the worst case. The peer's units were worked out apart from this run.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from tests.bench import traffic
from tests.bench.item_size import size
from tests.bench.metered import Meter
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

    @property
    def wru(self) -> float:
        return sum(self.writes.values())

    @property
    def rru(self) -> float:
        return sum(self.reads.values())


def measure(*, leads: int, activities: int, history: int, days: int, seed: int = 1) -> Usage:
    """Leads with a history get more activities; only those are metered."""
    random = Random(seed)
    names = [f"lead{number}" for number in range(leads)]
    with world(NOW) as made:
        for name in names:
            fill(made, list(traffic.history(random, name, history, until=NOW, days=days)))
        made.tables.meter = Meter()
        made.invocations = dict.fromkeys(made.invocations, 0)
        made.cpu = dict.fromkeys(made.cpu, 0.0)
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
            state_bytes=_state_bytes(made),
        )


def rows(*, quick: bool) -> tuple[list[Row], Usage]:
    """WRU and RRU at a short and a long history, and what a lead's state weighs."""
    few = measure(leads=5 if quick else 60, activities=60 if quick else 2000, history=10, days=30)
    many = measure(
        leads=2 if quick else 8, activities=60 if quick else 2000, history=300 if quick else 10_000, days=390
    )
    long = 300 if quick else 10_000
    found = []
    for name, usage in (("10", few), (f"{long:,}", many)):
        found += [
            row(
                f"DynamoDB writes per activity, {name} activities of history",
                usage.wru,
                "WRU",
                peer=TRANSACTIONS,
                peer_value=TRANSACTIONS_WRU,
                budget=at_most(2.0, "WRU"),
            ),
            row(
                f"DynamoDB reads per activity, {name} activities of history",
                usage.rru,
                "RRU",
                budget=at_most(0.9, "RRU"),
            ),
            row(f"state item, {name} activities of history", usage.state_bytes, "bytes"),
        ]
    found += [
        row(
            f"{kind} per activity, {long:,} beside 10 of history",
            after,
            unit,
            peer="10 of history",
            peer_value=before,
            budget=ratio_at_most(1.1),
        )
        for kind, unit, before, after in (
            ("DynamoDB writes", "WRU", few.wru, many.wru),
            ("DynamoDB reads", "RRU", few.rru, many.rru),
        )
    ]
    return found, few


def fill(made: World, events: list[traffic.Event]) -> None:
    """A history as it came, a hundred activities at a time."""
    for start in range(0, len(events), 100):
        chunk = events[start : start + 100]
        made.receive(datetime.fromisoformat(chunk[-1]["time"]), chunk)


def _state_bytes(made: World) -> int:
    sizes = [size(items["state"]) for items in made.tables.items("leads").values()]
    return sorted(sizes)[len(sizes) // 2]
