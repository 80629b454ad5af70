"""The ports in memory, as unreliable as AWS allows: what the real handlers run on in the simulation."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from leadlight.activity import Fact, Kind
from leadlight.activity.order_key import day_number, day_of, day_text
from leadlight.adapters.fact_items import readable
from leadlight.adapters.fact_items import to_item as fact_item
from leadlight.adapters.lead_items import (
    NURTURE,
    STATE,
    from_item,
    nurture_from_item,
    nurture_to_item,
    to_item,
)
from leadlight.events import Event
from leadlight.kpi import DayMeasures
from leadlight.lifecycle.decision import Decision
from leadlight.model import Documents
from leadlight.model.document import read_documents
from leadlight.nurture import NurtureState
from leadlight.ports import Conflict, FailedEvent, Unavailable
from leadlight.scoring import Portfolio
from leadlight.state import LeadState
from tests.simulation.scheduler import Scheduler
from tests.simulation.tables import Item, Record, Stream, Table

SECRET = "simulated"
POISON = "#poison"


@cache
def documents() -> Documents:
    """The starter model and catalogue, read once per process."""
    return read_documents()


@cache
def portfolio() -> Portfolio:
    return Portfolio(documents().models)


class World:
    """Everything a function can reach. `versions_hold` False makes the leads table forget its condition."""

    def __init__(self, scheduler: Scheduler, *, lanes: int, retention_days: int, start: datetime) -> None:
        self.scheduler = scheduler
        self.retention_days = retention_days
        self.versions_hold = True
        self.clock = start
        self.activities_stream = Stream(lanes, passes=bool)  # TTL's records too: the code drops them
        self.leads_stream = Stream(2, passes=_has_outbox)
        self.facts = MemoryFacts(self, Table(self.activities_stream, "key"))
        self.leads = MemoryLeads(self, Table(self.leads_stream, "item"))
        self.records = MemoryRecords(self)
        self.failed = MemoryFailedEvents(self)
        self.bus = MemoryBus(self)
        self.secrets = MemorySecrets()
        self.documents = documents()
        self.portfolio = portfolio()

    def now(self) -> datetime:
        return self.clock


class MemoryFacts:
    """The activities table."""

    def __init__(self, world: World, table: Table) -> None:
        self._world = world
        self.table = table

    def put(self, facts: Sequence[Fact]) -> None:
        """Item by item: a batch may be stored in part when it fails."""
        days = self._world.retention_days
        timed = {(fact.lead_id, fact.key): fact_item(fact, retention_days=days) for fact in facts if not fact.untimed}
        call = self._world.scheduler.call
        for item in timed.values():
            call("put fact", lambda item=item: self.table.put(item))  # type: ignore[misc]
        for fact in facts:
            if fact.untimed:
                item = fact_item(fact, retention_days=days)
                call("put untimed fact", lambda item=item: self._put_first(item))  # type: ignore[misc]

    def of(self, lead_id: str, kind: Kind) -> list[Fact]:
        def query() -> list[Fact]:
            prefixes = (f"{kind}#", f"untimed#{kind}#")
            return [fact for prefix in prefixes for fact in readable(self.table.query(lead_id, prefix))]

        return self._world.scheduler.call("query a register", query)

    def on(self, lead_id: str, day: int, *, untimed: bool) -> list[Fact]:
        return self._world.scheduler.call("query a day", lambda: self._on(lead_id, day, untimed=untimed))

    def _on(self, lead_id: str, day: int, *, untimed: bool) -> list[Fact]:
        found = list(readable(self.table.query(lead_id, f"{Kind.ACTIVITY}#{day_text(day)}")))
        if untimed:
            received = readable(self.table.query(lead_id, f"untimed#{Kind.ACTIVITY}#"))
            found += [fact for fact in received if day_of(fact.order_key) == day]
        return found

    def every(self, lead_id: str) -> list[Fact]:
        return self._world.scheduler.call("query a lead", lambda: list(readable(self.table.query(lead_id, ""))))

    def keys(self, lead_id: str) -> list[str]:
        return self._world.scheduler.call(
            "query keys", lambda: [item["key"]["S"] for item in self.table.query(lead_id, "")]
        )

    def delete(self, lead_id: str, keys: Sequence[str]) -> None:
        for key in keys:
            self._world.scheduler.call("delete fact", lambda key=key: self.table.delete(lead_id, key))  # type: ignore[misc]

    def _put_first(self, item: Item) -> None:
        if self.table.get(item["lead_id"]["S"], item["key"]["S"]) is None:
            self.table.put(item)


class MemoryLeads:
    """The leads table."""

    def __init__(self, world: World, table: Table) -> None:
        self._world = world
        self.table = table
        self.outboxes: list[str] = []

    def get(self, lead_id: str, *, consistent: bool) -> LeadState | None:
        draw = 1.0 if consistent else self._world.scheduler.random.random()

        def read() -> Item | None:
            if draw < 0.3:
                return self.table.stale(lead_id, STATE, 1 + int(draw * 10))
            return self.table.get(lead_id, STATE)

        item = self._world.scheduler.call("get state", read)
        return from_item(item) if item else None

    def get_many(self, lead_ids: Sequence[str]) -> list[LeadState]:
        found = (self.get(lead_id, consistent=False) for lead_id in lead_ids)
        return [state for state in found if state]

    def put(self, state: LeadState) -> None:
        self._put("put state", to_item(state), state.version)

    def get_nurture(self, lead_id: str) -> NurtureState:
        item = self._world.scheduler.call("get enrollments", lambda: self.table.get(lead_id, NURTURE))
        return nurture_from_item(item) if item else NurtureState(lead_id)

    def put_nurture(self, state: NurtureState) -> None:
        self._put("put enrollments", nurture_to_item(state), state.version)

    def clear_outbox(self, lead_id: str, item: str, outbox: str) -> None:
        def clear() -> None:
            held = self.table.get(lead_id, item)
            if held and held.get("outbox", {}).get("S") == outbox:
                self.table.put({name: value for name, value in held.items() if name != "outbox"})

        self._world.scheduler.call("clear outbox", clear)

    def scan(self) -> Iterator[LeadState]:
        return (from_item(item) for item in list(self.table.all()) if item["item"]["S"] == STATE)

    def ranked(self, stages: Sequence[str], *, at_most: int, limit: int) -> Any:
        raise NotImplementedError("nobody ranks in the simulation")

    def _put(self, name: str, item: Item, version: int) -> None:
        def put() -> None:
            held = self.table.get(item["lead_id"]["S"], item["item"]["S"])
            stored = int(held["version"]["N"]) if held else 0
            if stored != version and self._world.versions_hold:
                raise Conflict("the version moved")
            self.table.put(item)
            if "outbox" in item:
                self.outboxes.append(item["outbox"]["S"])

        self._world.scheduler.call(name, put, conditional=True)


class MemoryRecords:
    """The records table: decision records."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.stored: dict[str, bytes] = {}

    def put_decisions(self, decisions: Sequence[Decision]) -> None:
        def put() -> None:
            self.stored.update((decision.id, msgspec.json.encode(decision)) for decision in decisions)

        self._world.scheduler.call("put decisions", put)

    def decisions(self, lead_id: str) -> list[Decision]:
        raise NotImplementedError("nobody asks in the simulation")

    def put_measures(self, days: Iterable[DayMeasures], *, as_of: datetime) -> int:
        raise NotImplementedError("nothing is rolled up in the simulation")

    def measures(self) -> tuple[list[DayMeasures], datetime | None]:
        raise NotImplementedError("nothing is rolled up in the simulation")


class MemoryFailedEvents:
    """Failed events by what makes them the same one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.kept: dict[tuple[str, bytes], FailedEvent] = {}

    def keep(self, event: FailedEvent) -> str:
        def put() -> None:
            self.kept[(event.source, event.raw)] = event

        self._world.scheduler.call("keep failed event", put)
        return event.source


class MemoryBus:
    """EventBridge: takes entries one by one; `undelivered` are for the nurture rule."""

    ROUTED = ("Lead Scored", "Lead Stage Changed")

    def __init__(self, world: World) -> None:
        self._world = world
        self.entries: list[Event] = []
        self.undelivered: list[Event] = []

    def put(self, events: Sequence[Event]) -> None:
        refused = self._world.scheduler.random.random() < 0.02

        def put() -> None:
            for event in events[: len(events) // 2] if refused else events:
                self.entries.append(event)
                if event.detail_type in self.ROUTED and event not in self.undelivered:
                    self.undelivered.append(event)

        self._world.scheduler.call("put events", put)
        if refused:
            raise Unavailable("the bus refused some entries")


class MemorySecrets:
    def of(self, source: str) -> str:
        return SECRET


def poison(world: World, lead_id: str, moment: datetime, number: int) -> None:
    """Puts what is no fact among a lead's facts."""
    key = f"{Kind.ACTIVITY}#{day_text(day_number(moment))}T12:00:00.000Z{POISON}{number}"
    body = '{"source": 1}' if number % 2 else "not JSON"
    if number % 3 == 2:  # reads well, and means nothing: a deal without a name
        key = f"{Kind.DEAL}#{day_text(day_number(moment))}T12:00:00.000Z{POISON}{number}"
        body = '{"source":"crm","id":"x","type":"deal_won","identities":[],"values":{}}'
    world.facts.table.put({"lead_id": {"S": lead_id}, "key": {"S": key}, "body": {"S": body}})


def _has_outbox(record: Record) -> bool:
    return "outbox" in record["dynamodb"].get("NewImage", {})
