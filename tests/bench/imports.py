"""DynamoDB units per imported activity: old facts of leads with a short and a long history.

The importer sends the rows of a lead side by side, oldest first: a batch of the stream holds several of one lead, so
that its state is written once for all of them. They fall on the days of the long history, where nothing but the day's
stored facts could tell whether one was counted before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tests.bench import traffic
from tests.bench.list_prices import in_writes
from tests.bench.metered import Meter
from tests.bench.row import Row, ratio_at_most, row
from tests.bench.units import NOW, fill
from tests.bench.world import world

SOURCE = "import:crm"
ROWS = 20  # of each lead, as in an import of 100,000 activities of 5,000 leads
FIRST, LAST = 380, 60  # days back, of a lead's first and last row
BATCH = 100  # rows of a request, which one batch of the stream holds
DAYS = 390


@dataclass(frozen=True)
class Cost:
    """Units of one imported activity, on average."""

    wru: float
    rru: float

    @property
    def in_writes(self) -> float:
        """Both, as write units by their list price."""
        return in_writes(self.wru, self.rru)


def measure(*, leads: int, history: int, seed: int = 1) -> Cost:
    """Leads with a history get some rows each by one import; only that is metered."""
    random = Random(seed)
    names = [f"lead{number}" for number in range(leads)]
    with world(NOW) as made:
        for name in names:
            fill(made, list(traffic.history(random, name, history, until=NOW, days=DAYS)))
        made.tables.meter = Meter()
        count = made.receive_all(_requests(random, names), backfill=True)
        meter = made.tables.meter
        return Cost(sum(meter.writes.values()) / count, sum(meter.reads.values()) / count)


def rows(*, quick: bool) -> list[Row]:
    """Writes, reads, and what they come to, at a long history beside a short one."""
    long = 300 if quick else 10_000
    few, many = measure(leads=5 if quick else 60, history=10), measure(leads=2 if quick else 10, history=long)
    name, peer = f"per imported activity, {long:,} beside 10 of history", "10 of history"
    return [
        row(f"DynamoDB writes {name}", many.wru, "WRU", peer=peer, peer_value=few.wru),
        row(f"DynamoDB reads {name}", many.rru, "RRU", peer=peer, peer_value=few.rru),
        row(
            f"DynamoDB cost {name}",
            many.in_writes,
            "WRU and RRU at the price of WRU",
            peer=peer,
            peer_value=few.in_writes,
            budget=ratio_at_most(1.1),
        ),
    ]


def _requests(random: Random, leads: list[str]) -> Iterator[tuple[datetime, list[traffic.Event]]]:
    until, days = NOW - timedelta(days=LAST), FIRST - LAST
    old = [
        {**event, "source": SOURCE}
        for lead in leads
        for event in traffic.history(random, lead, ROWS, until=until, days=days, name="old")
    ]
    for start in range(0, len(old), BATCH):
        yield NOW + timedelta(minutes=start), old[start : start + BATCH]
