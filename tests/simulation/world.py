"""The ports in memory, as unreliable as AWS allows: what the real handlers run on in the simulation."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from zlib import crc32

import msgspec

from leadlight.activity import Fact, Kind
from leadlight.activity.order_key import day_number, day_of, day_text
from leadlight.adapters import merge_items
from leadlight.adapters.fact_items import readable, stored
from leadlight.adapters.fact_items import to_item as fact_item
from leadlight.adapters.lead_items import (
    HISTORY,
    MOST_ITEM,
    NURTURE,
    STATE,
    history_to_item,
    needs,
    nurture_from_item,
    nurture_to_item,
    settled,
    whole,
)
from leadlight.adapters.lead_pages import placed
from leadlight.events import Event
from leadlight.merge import in_force
from leadlight.model import Documents
from leadlight.model.document import read_documents
from leadlight.nurture import NurtureState
from leadlight.ports import Conflict, Stored, Torn, Unavailable
from leadlight.releases import Page
from leadlight.scoring import Portfolio
from leadlight.state import LeadState
from tests.simulation.hands import SimulatedHands
from tests.simulation.memory_accounts import MemoryAccounts
from tests.simulation.memory_failed_events import MemoryFailedEvents
from tests.simulation.memory_forgotten import MemoryForgotten
from tests.simulation.memory_letters import MemoryLetters
from tests.simulation.memory_merges import MemoryMerges
from tests.simulation.memory_models import MemoryModels, MemoryRuns
from tests.simulation.memory_records import MemoryRecords
from tests.simulation.memory_secrets import MemorySecrets
from tests.simulation.scheduler import Scheduler
from tests.simulation.tables import Item, Record, Stream, Table

POISON = "#poison"


@cache
def documents() -> Documents:
    """The starter model and catalogue, read once per process. A burst of a seed is a rate that no person reaches."""
    read = read_documents()
    guard = msgspec.structs.replace(read.catalogue.guard, per_minute=7)
    return msgspec.structs.replace(read, catalogue=msgspec.structs.replace(read.catalogue, guard=guard))


@cache
def portfolio() -> Portfolio:
    return Portfolio(documents().models)


class World:
    """Everything a function can reach."""

    def __init__(self, scheduler: Scheduler, *, lanes: int, retention_days: int, start: datetime) -> None:
        self.scheduler = scheduler
        self.retention_days = retention_days
        self.fold_plus_tags = False
        self.most_item = MOST_ITEM
        self.clock = start
        self.activities_stream = Stream(lanes, passes=bool)  # TTL's records too: the code drops them
        self.leads_stream = Stream(2, passes=_has_outbox)
        self.facts = MemoryFacts(self, Table(self.activities_stream, "key"))
        self.merges = MemoryMerges(self, self.facts.table)
        self.accounts = MemoryAccounts(scheduler, self.facts.table)
        self.leads = MemoryLeads(self, Table(self.leads_stream, "item"))
        self.records = MemoryRecords(scheduler)
        self.failed = MemoryFailedEvents(self)
        self.letters = MemoryLetters(self)
        self.forgotten = MemoryForgotten(self)
        self.bus = MemoryBus(self)
        self.hands = SimulatedHands(scheduler)
        self.secrets = MemorySecrets()
        self.models = MemoryModels(scheduler, documents(), portfolio())
        self.runs = MemoryRuns(scheduler)

    @property
    def documents(self) -> Documents:
        return self.models.published().documents

    @documents.setter
    def documents(self, other: Documents) -> None:
        self.models = MemoryModels(self.scheduler, other, Portfolio(other.models))

    @property
    def portfolio(self) -> Portfolio:
        return self.models.published().portfolio

    def now(self) -> datetime:
        return self.clock


class MemoryFacts:
    """The activities table."""

    def __init__(self, world: World, table: Table) -> None:
        self._world = world
        self.table = table

    def put(self, facts: Sequence[Fact]) -> None:
        """A batch may be stored in part when it fails."""
        days = self._world.retention_days
        timed = {(fact.lead_id, fact.key): fact_item(fact, retention_days=days) for fact in facts if not fact.untimed}
        call, puts = self._world.scheduler.call, [partial(self.table.put, item) for item in timed.values()]
        self._world.scheduler.together("put facts", puts)
        for fact in facts:
            if fact.untimed:
                item = fact_item(fact, retention_days=days)
                call("put untimed fact", lambda item=item: self._put_first(item))  # type: ignore[misc]

    def of(self, lead_id: str, kind: Kind) -> list[Fact]:
        def query() -> list[Fact]:
            return self._counting(lead_id, f"{kind}#", f"untimed#{kind}#")

        return self._world.scheduler.call("query a register", query)

    def on(self, lead_id: str, day: int, *, untimed: bool) -> list[Fact]:
        return self._world.scheduler.call("query a day", lambda: self._on(lead_id, day, untimed=untimed))

    def _on(self, lead_id: str, day: int, *, untimed: bool) -> list[Fact]:
        also = (f"untimed#{Kind.ACTIVITY}#",) if untimed else ()
        found = self._counting(lead_id, f"{Kind.ACTIVITY}#{day_text(day)}", *also)
        return [fact for fact in found if day_of(fact.order_key) == day]

    def every(self, lead_id: str) -> list[Fact]:
        return self._world.scheduler.call("query a lead", lambda: self._counting(lead_id, ""))

    def own(self, lead_id: str) -> list[Fact]:
        def query() -> list[Fact]:
            return [fact for fact in readable(self.table.query(lead_id, "")) if not fact.owner]

        return self._world.scheduler.call("query own facts", query)

    def _counting(self, lead_id: str, *prefixes: str) -> list[Fact]:
        found = [fact for prefix in prefixes for fact in readable(self.table.query(lead_id, prefix))]
        members = map(merge_items.member_from_item, self.table.query(lead_id, f"{merge_items.MERGE}#"))
        return in_force(found, {member.lead_id: member.epoch for member in members})

    def page(self, lead_id: str, *, after: str, limit: int) -> list[Stored]:
        def query() -> list[Stored]:
            return [stored(item) for item in self.table.query(lead_id, "") if item["key"]["S"] > after][:limit]

        return self._world.scheduler.call("query a page", query)

    def keys(self, lead_id: str) -> list[str]:
        return self._world.scheduler.call(
            "query keys", lambda: [item["key"]["S"] for item in self.table.query(lead_id, "")]
        )

    def images(self, lead_id: str, keys: Sequence[str]) -> dict[str, Item]:
        def get() -> dict[str, Item]:
            found = ((key, self.table.get(lead_id, key)) for key in keys)
            return {key: item for key, item in found if item}

        return self._world.scheduler.call("get items", get)

    def delete(self, lead_id: str, keys: Sequence[str]) -> None:
        self._world.scheduler.together("delete facts", [partial(self.table.delete, lead_id, key) for key in keys])

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
        if item is None:
            return None
        history = None
        if needs(item):
            history = self._world.scheduler.call("get history", lambda: self.table.get(lead_id, HISTORY))
        return whole(item, history) or self.get(lead_id, consistent=True)

    def get_many(self, lead_ids: Sequence[str]) -> list[LeadState]:
        found = (self.get(lead_id, consistent=False) for lead_id in lead_ids)
        return [state for state in found if state]

    def put(self, state: LeadState) -> None:
        before, item = state.base, settled(state, most=self._world.most_item, least=1)
        history = None
        if state.base is not before and state.base:
            history = history_to_item(state.lead_id, state.base)
        gone = bool(before and not state.base)
        self._put("put state", item, state.version, history=history, gone=gone)

    def get_nurture(self, lead_id: str) -> NurtureState:
        item = self._world.scheduler.call("get enrollments", lambda: self.table.get(lead_id, NURTURE))
        return nurture_from_item(item) if item else NurtureState(lead_id)

    def put_nurture(self, state: NurtureState) -> None:
        self._put("put enrollments", nurture_to_item(state), state.version)

    def clear_outbox(self, lead_id: str, item: str, outbox: str) -> bool:
        def clear() -> bool:
            held = self.table.get(lead_id, item)
            if held and held.get("outbox", {}).get("S") == outbox:
                self.table.put({name: value for name, value in held.items() if name != "outbox"})
                return True
            return False

        return self._world.scheduler.call("clear outbox", clear)

    def erase(self, lead_ids: Sequence[str]) -> Counter[str]:
        """Only what the read found goes."""
        names = [(lead_id, item) for item in (STATE, NURTURE, HISTORY) for lead_id in lead_ids]
        call = self._world.scheduler.call
        there = call("read what to erase", lambda: [name for name in names if self.table.get(*name)])
        for name in there:
            call("erase lead", lambda name=name: self.table.delete(*name))  # type: ignore[misc]
        return Counter(item for _, item in there)

    def scan(self) -> Iterator[LeadState]:
        return self._whole(list(self.table.all()))

    def _whole(self, items: Sequence[Item]) -> Iterator[LeadState]:
        for item in items:
            if item["item"]["S"] == STATE:
                state = whole(item, self.table.get(item["lead_id"]["S"], HISTORY))
                assert state, "an item that does not go with its history"
                yield state

    def _now(self, lead_id: str) -> LeadState | None:
        item, history = (self.table.get(lead_id, name) for name in (STATE, HISTORY))
        state = whole(item, history) if item else None
        if item and state is None:
            raise Torn("an item that does not go with its history")
        return state

    def page(self, segment: int, segments: int, *, after: str, limit: int) -> Page:
        """In the order of hashes, as a table is; what is put behind the page's end is not seen."""

        def scan() -> Page:
            keys = sorted(
                (crc32(lead_id.encode()), lead_id, sort)
                for lead_id, items in self.table.items.items()
                for sort in items
                if crc32(lead_id.encode()) % segments == segment
            )
            lead_id, _, sort = after.partition("#")
            last = (crc32(lead_id.encode()), lead_id, sort) if after else (-1, "", "")
            found = [key for key in keys if key > last][:limit]
            items = [self.table.items[lead_id][sort] for _, lead_id, sort in found]
            return Page(list(placed(items, again=self._now)), "#".join(found[-1][1:]) if len(found) == limit else "")

        return self._world.scheduler.call("scan a page", scan)

    def ranked(self, stages: Sequence[str], *, below: str, limit: int) -> list[str]:
        ranks = [item for item in self.table.all() if "rank_partition" in item]
        keys = [item["rank_key"]["S"] for item in ranks if item["rank_partition"]["S"].partition("#")[0] in stages]
        return sorted((key for key in keys if key < below), reverse=True)[:limit]

    def _put(self, name: str, item: Item, version: int, *, history: Item | None = None, gone: bool = False) -> None:
        def put() -> None:
            held = self.table.get(item["lead_id"]["S"], item["item"]["S"])
            stored = int(held["version"]["N"]) if held else 0
            if stored != version:
                raise Conflict("the version moved")
            self.table.put(item)
            if history:
                self.table.put(history)
            if gone:
                self.table.delete(item["lead_id"]["S"], HISTORY)
            if "outbox" in item:
                self.outboxes.append(item["outbox"]["S"])

        self._world.scheduler.call(name, put, conditional=True)


class MemoryBus:
    """EventBridge: takes entries one by one; `undelivered` are for the nurture rule."""

    ROUTED = ("Lead Scored", "Lead Stage Changed", "Lead Merged")

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
