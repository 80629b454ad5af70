"""A hot lead among normal ones: how long a record of a normal lead waits for its score, in virtual time.

The handlers and adapters are the real ones, and what they compute is measured. The rest is a model. A minute of
traffic: 1,000 leads with three activities each, and one lead with 10,000, ten to a request; its activities are up to
5 s old, 2 % of them late by up to three weeks, and 2 % of its records are delivered twice. The stream has 4 shards, and
as many lanes in each as the mapping works on at once; a lane takes what is there, up to a batch, and the next when
that is done. A lead's items are spread over its shard's lanes. What is computed takes as much longer as the function's
memory buys less than a whole vCPU, one lead at a time; a call to AWS takes 5 ms, and 100 ms per MB that it reads
(paging, transfer and botocore's parsing), eight leads at a time. Two lanes that hold one lead at once: one of them does
it again.
"""

import gc
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from zlib import crc32

from infra.sizing import LANES, RECORDS, SIZING
from leadlight.adapters.threads import AT_ONCE
from tests.bench import traffic
from tests.bench.metered import Record
from tests.bench.row import Row, ratio_at_most, row
from tests.bench.world import World, world

START = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
SHARDS = 4
CALL, READ = 0.005, 0.1  # seconds per call, and per MB
SLOWER = 1769 / SIZING["rescore"].memory_mb  # 1,769 MB buy one vCPU
HOT = "hot"
JITTER = 1.0  # seconds
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(slots=True)
class Spent:
    """Seconds of computing, without what the tables in memory take for themselves, and of waiting for AWS."""

    tables: float = 0.0
    waited: float = 0.0

    def now(self) -> tuple[float, float]:
        return (time.process_time() - self.tables) * SLOWER, self.waited


@dataclass
class VirtualHands:
    """Hands that work in turn, and tell when each piece would have been done if they had worked abreast."""

    spent: Spent
    done: dict[str, tuple[float, float]] = field(default_factory=dict)

    def abreast(self, work: Callable[[ItemT], ResultT], items: Sequence[ItemT]) -> list[ResultT]:
        """Computing is one after the other, waiting is not: of each lead the seconds from the start, to its end."""
        computed, waited = self.spent.now()
        begun = computing = 0.0
        free = [0.0] * AT_ONCE
        results = []
        for item in items:
            results.append(work(item))
            before, (computed, waited) = (computed, waited), self.spent.now()
            worker = free.index(min(free))
            begun = max(free[worker], computing)
            computing = begun + computed - before[0]
            free[worker] = computing + waited - before[1]
            self.done[item.lead_id] = (begun, free[worker])  # type: ignore[attr-defined]
        return results

    def wait(self, seconds: float) -> None:
        self.spent.waited += seconds

    def draw(self) -> float:
        return 0.5


@dataclass(slots=True)
class Lane:
    """Records with the second that they came in, and when the lane is free."""

    records: deque[tuple[float, Record]] = field(default_factory=deque)
    free: float = 0.0

    @property
    def next(self) -> float:
        return max(self.free, self.records[0][0]) if self.records else float("inf")


class Minute:
    """One run of the model."""

    def __init__(self, made: World, *, leads: int, hot: int, seed: int = 1) -> None:
        self.made, self.random = made, Random(seed)
        self.spent = Spent()
        made.hands = self.hands = VirtualHands(self.spent)  # type: ignore[assignment]
        made.tables._answers = {name: self._timed(answer) for name, answer in made.tables._answers.items()}
        names = [*(f"lead{number}" for number in range(leads)), HOT]
        for first in range(0, len(names), RECORDS):
            known = [
                next(traffic.history(self.random, name, 1, until=START, days=5)) for name in names[first:][:RECORDS]
            ]
            made.receive(START - timedelta(hours=1), known)
        self.hot_id = ""
        self.requests = deque(sorted([*_normal(names[:-1]), *_hot(hot)], key=lambda request: request[0]))
        self.lanes = [[Lane() for _ in range(LANES)] for _ in range(SHARDS)]
        self.seconds: list[float] = []
        self.batches = 0
        self.longest = 0.0
        self._held: dict[str, float] = {}

    def run(self) -> "Minute":
        """Until everything is scored."""
        self.made.tables.taken("activities")
        while True:
            lane = min((lane for lanes in self.lanes for lane in lanes), key=lambda lane: lane.next)
            if self.requests and self.requests[0][0] <= lane.next:
                self._receive(*self.requests.popleft())
            elif lane.records:
                self._batch(lane, lane.next)
            else:
                return self

    def _receive(self, second: float, name: str, events: list[traffic.Event]) -> None:
        self.made.clock = START + timedelta(seconds=second)
        assert self.made.invoke("ingest", traffic.request(events))["statusCode"] == 202
        records = self.made.tables.taken("activities")
        if name == HOT:
            self.hot_id = records[0]["dynamodb"]["Keys"]["lead_id"]["S"]
            records += [record for record in records if self.random.random() < traffic.LATE]
        self._put(second, records)

    def _put(self, second: float, records: list[Record]) -> None:
        for record in records:
            keys = record["dynamodb"]["Keys"]
            lead_id = keys["lead_id"]["S"].encode()
            lanes = self.lanes[crc32(lead_id) % SHARDS]
            lanes[crc32(lead_id + keys["key"]["S"].encode()) % LANES].records.append((second, record))

    def _batch(self, lane: Lane, start: float) -> None:
        taken: list[tuple[float, Record]] = []
        while lane.records and lane.records[0][0] <= start and len(taken) < RECORDS:
            taken.append(lane.records.popleft())
        self.made.clock = START + timedelta(seconds=start)
        computed, waited = self.spent.now()
        self.hands.done.clear()
        assert not self.made.invoke("rescore", {"Records": [record for _, record in taken]})["batchItemFailures"]
        after = self.spent.now()
        around = (after[0] - computed) + (after[1] - waited)  # as if nothing had been abreast
        pieces = self.hands.done
        alone = sum(end - begun for begun, end in pieces.values())
        before = max(0.0, around - alone)  # reading together, and what comes before and after
        ends = {
            lead_id: self._again(lead_id, start + before + begun, end - begun)
            for lead_id, (begun, end) in pieces.items()
        }
        lane.free = max(ends.values(), default=start + around)
        self.batches += 1
        self.longest = max(self.longest, lane.free - start)
        self.seconds += [
            ends[lead_id] - came
            for came, record in taken
            if (lead_id := record["dynamodb"]["Keys"]["lead_id"]["S"]) != self.hot_id
        ]
        self._put(lane.free, self.made.tables.taken("activities"))
        self.made.tables.taken("leads")

    def _again(self, lead_id: str, begun: float, takes: float) -> float:
        """When a lead is done, which another lane may have held meanwhile."""
        end = begun + takes * (2 if self._held.get(lead_id, 0) > begun else 1)
        self._held[lead_id] = end
        return end

    def _timed(self, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
        meter = self.made.tables.meter

        def timed(call: dict[str, Any]) -> dict[str, Any]:
            start, read = time.process_time(), sum(meter.reads.values())
            try:
                return answer(call)
            finally:
                megabytes = (sum(meter.reads.values()) - read) * 4096 / 1e6
                self.spent.waited += CALL * max(1, round(megabytes)) + READ * megabytes
                self.spent.tables += time.process_time() - start

        return timed


def measure(*, leads: int, hot: int) -> Minute:
    """A minute with so many activities of the hot lead."""
    with world(START) as made:
        gc.disable()
        try:
            return Minute(made, leads=leads, hot=hot).run()
        finally:
            gc.enable()


def rows(*, quick: bool) -> list[Row]:
    """The normal leads' p95, with the hot lead and without it."""
    leads, hot = (20, 200) if quick else (1000, 10_000)
    without, beside = (measure(leads=leads, hot=count) for count in (0, hot))
    return [
        row(
            f"record to score, p95 of {leads:,} leads beside one with {hot:,} activities in a minute",
            p95(beside.seconds) * 1000,
            "ms",
            peer="the same minute without that lead",
            peer_value=p95(without.seconds) * 1000,
            budget=ratio_at_most(2),
        )
    ]


def p95(seconds: list[float]) -> float:
    """The second that 95 % are done within."""
    return statistics.quantiles(seconds, n=20)[-1]


def _normal(names: list[str]) -> Iterator[tuple[float, str, list[traffic.Event]]]:
    random = Random(2)
    for name in names:
        for number, event in enumerate(traffic.history(random, name, 3, until=START, days=0, name="new")):
            second = random.uniform(0, 60)
            yield second, name, [_dated(event, second, random, late=number == 0 and random.random() < 3 * traffic.LATE)]


def _hot(count: int) -> Iterator[tuple[float, str, list[traffic.Event]]]:
    random = Random(3)
    events = list(traffic.history(random, HOT, count, until=START, days=0, name="new"))
    for first in range(0, count, traffic.TOGETHER):
        second = 60 * first / count
        together = events[first : first + traffic.TOGETHER]
        yield second, HOT, [_dated(event, second, random, late=random.random() < traffic.LATE) for event in together]


def _dated(event: traffic.Event, second: float, random: Random, *, late: bool) -> traffic.Event:
    days = random.uniform(0.5, 21) if late else 0
    moment = START + timedelta(seconds=second - random.uniform(0, JITTER), days=-days)
    return {**event, "time": moment.isoformat(timespec="milliseconds")}


def main() -> None:
    """Prints both runs."""
    for hot in (0, 10_000):
        begun = time.perf_counter()
        found = measure(leads=1000, hot=hot)
        median = statistics.median(found.seconds) * 1000
        print(
            f"hot {hot}: {len(found.seconds)} normal records, p50 {median:.1f} ms, p95 {p95(found.seconds) * 1000:.1f} ms, "
            f"{found.batches} batches, the longest {found.longest * 1000:.0f} ms, reads {found.made.tables.meter.reads}, "
            f"writes {found.made.tables.meter.writes}; took {time.perf_counter() - begun:.0f} s"
        )


if __name__ == "__main__":
    main()
