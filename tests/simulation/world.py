"""The ports in memory, as unreliable as AWS allows: what the real handlers run on in the simulation."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

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
    apart,
    history_to_item,
    needs,
    nurture_from_item,
    nurture_to_item,
    to_item,
    whole,
)
from leadlight.events import Event
from leadlight.forgotten import Begun, Forgetting
from leadlight.kpi import DayMeasures, Spend
from leadlight.lifecycle.decision import Decision
from leadlight.merge import Link, Member, in_force
from leadlight.model import Documents
from leadlight.model.document import read_documents
from leadlight.nurture import NurtureState
from leadlight.ports import Conflict, FailedEvent, Stored, Unavailable
from leadlight.scoring import Portfolio
from leadlight.state import LeadState
from tests.simulation.memory_accounts import MemoryAccounts
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
        self.fold_plus_tags = False
        self.versions_hold = True
        self.most_item = MOST_ITEM
        self.clock = start
        self.activities_stream = Stream(lanes, passes=bool)  # TTL's records too: the code drops them
        self.leads_stream = Stream(2, passes=_has_outbox)
        self.facts = MemoryFacts(self, Table(self.activities_stream, "key"))
        self.merges = MemoryMerges(self, self.facts.table)
        self.accounts = MemoryAccounts(scheduler, self.facts.table)
        self.leads = MemoryLeads(self, Table(self.leads_stream, "item"))
        self.records = MemoryRecords(self)
        self.failed = MemoryFailedEvents(self)
        self.forgotten = MemoryForgotten(self)
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

    def delete(self, lead_id: str, keys: Sequence[str]) -> None:
        for key in keys:
            self._world.scheduler.call("delete fact", lambda key=key: self.table.delete(lead_id, key))  # type: ignore[misc]

    def _put_first(self, item: Item) -> None:
        if self.table.get(item["lead_id"]["S"], item["key"]["S"]) is None:
            self.table.put(item)


class MemoryMerges:
    """What the activities table holds of merges."""

    def __init__(self, world: World, table: Table) -> None:
        self._world = world
        self._table = table

    def links(self, lead_id: str) -> list[Link]:
        return self._call("query links", lambda: list(map(merge_items.link_from_item, self._of(lead_id, "link"))))

    def link(self, links: Sequence[Link]) -> None:
        for link in links:
            self._put("put link", merge_items.link_to_item(link), "version", ties=not link.joined)

    def members(self, root: str) -> list[Member]:
        return self._call("query members", lambda: list(map(merge_items.member_from_item, self._of(root, "merge"))))

    def member(self, root: str, lead_id: str) -> Member | None:
        item = self._call("get member", lambda: self._table.get(root, merge_items.member_key(lead_id)))
        return merge_items.member_from_item(item) if item else None

    def enter(self, member: Member, *, version: int) -> None:
        def enter() -> None:
            state = self._world.leads.table.get(member.lead_id, STATE)
            if state is None or int(state["version"]["N"]) != version:
                raise Conflict("the version moved")
            self._table.put(merge_items.member_to_item(member))

        self._call("put member", enter)

    def leave(self, root: str, lead_id: str, *, epoch: int) -> None:
        self._delete("delete member", root, merge_items.member_key(lead_id), "version", epoch)

    def copy(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._put("put copy", fact_item(fact, retention_days=self._world.retention_days), "epoch", ties=True)

    def uncopy(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._delete("delete copy", fact.lead_id, fact.key, "epoch", fact.epoch)

    def poke(self, lead_ids: Iterable[str], *, by: str, mark: str) -> None:
        for lead_id in lead_ids:
            item = merge_items.poke_to_item(lead_id, by=by, mark=mark)
            self._call("poke", lambda item=item: self._table.put(item))

    def _of(self, lead_id: str, name: str) -> list[Item]:
        return self._table.query(lead_id, f"{name}#")

    def _put(self, name: str, item: Item, field: str, *, ties: bool) -> None:
        def put() -> None:
            held = self._table.get(item["lead_id"]["S"], item["key"]["S"])
            stored, mine = int(held[field]["N"]) if held else -1, int(item[field]["N"])
            if stored < mine or (ties and stored == mine):
                self._table.put(item)

        self._call(name, put)

    def _delete(self, name: str, lead_id: str, key: str, field: str, mine: int) -> None:
        def delete() -> None:
            held = self._table.get(lead_id, key)
            if held and int(held[field]["N"]) <= mine:
                self._table.delete(lead_id, key)

        self._call(name, delete)

    def _call(self, name: str, effect: Callable[[], Any]) -> Any:
        return self._world.scheduler.call(name, effect)


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
        before = state.base
        state.base = apart(state, most=self._world.most_item, least=1)
        history = None
        if state.base is not before and state.base:
            history = history_to_item(state.lead_id, state.base)
        gone = bool(before and not state.base)
        self._put("put state", to_item(state), state.version, history=history, gone=gone)

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
        for item in list(self.table.all()):
            if item["item"]["S"] == STATE:
                state = whole(item, self.table.get(item["lead_id"]["S"], HISTORY))
                assert state, "an item that does not go with its history"
                yield state

    def ranked(self, stages: Sequence[str], *, below: str, limit: int) -> list[str]:
        ranks = [item for item in self.table.all() if "rank_partition" in item]
        keys = [item["rank_key"]["S"] for item in ranks if item["rank_partition"]["S"].partition("#")[0] in stages]
        return sorted((key for key in keys if key < below), reverse=True)[:limit]

    def _put(self, name: str, item: Item, version: int, *, history: Item | None = None, gone: bool = False) -> None:
        def put() -> None:
            held = self.table.get(item["lead_id"]["S"], item["item"]["S"])
            stored = int(held["version"]["N"]) if held else 0
            if stored != version and self._world.versions_hold:
                raise Conflict("the version moved")
            self.table.put(item)
            if history:
                self.table.put(history)
            if gone:
                self.table.delete(item["lead_id"]["S"], HISTORY)
            if "outbox" in item:
                self.outboxes.append(item["outbox"]["S"])

        self._world.scheduler.call(name, put, conditional=True)


class MemoryRecords:
    """The records table: decision records."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.stored: dict[str, bytes] = {}
        self.spent: dict[str, Spend] = {}

    def put_decisions(self, decisions: Sequence[Decision]) -> None:
        def put() -> None:
            self.stored.update((decision.id, msgspec.json.encode(decision)) for decision in decisions)

        self._world.scheduler.call("put decisions", put)

    def decisions(self, lead_id: str) -> list[Decision]:
        def query() -> list[Decision]:
            found = [raw for name, raw in self.stored.items() if name.startswith(f"{lead_id}#")]
            return [msgspec.json.decode(raw, type=Decision) for raw in found]

        return self._world.scheduler.call("query decisions", query)

    def drop_decisions(self, decisions: Sequence[Decision]) -> None:
        def drop() -> None:
            for decision in decisions:
                self.stored.pop(decision.id, None)

        self._world.scheduler.call("drop decisions", drop)

    def put_measures(self, days: Iterable[DayMeasures], *, as_of: datetime) -> int:
        raise NotImplementedError("nothing is rolled up in the simulation")

    def measures(self) -> tuple[list[DayMeasures], datetime | None]:
        raise NotImplementedError("nothing is rolled up in the simulation")

    def put_spend(self, lines: Sequence[Spend]) -> None:
        self.spent.update((line.key, line) for line in lines)

    def spend(self) -> list[Spend]:
        return [self.spent[key] for key in sorted(self.spent)]


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

    def places(self, *, after: str, limit: int) -> list[str]:
        return sorted(place for place in self._by_place() if place > after)[:limit]

    def bodies(self, places: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        return ((place, event.raw) for place, event in self._by_place().items() if place in places)

    def reason(self, place: str) -> str:
        return self._by_place()[place].reason

    def cut(self, place: str, raw: bytes | None, *, reason: str = "") -> None:
        def cut() -> None:
            event = self._by_place().get(place)
            if event:
                del self.kept[event.source, event.raw]
            if event and raw is not None:
                self.kept[event.source, raw] = event._replace(raw=raw, reason=reason)

        self._world.scheduler.call("cut failed event", cut)

    def _by_place(self) -> dict[str, FailedEvent]:
        return {f"failed/{event.source}/{hashlib.sha256(event.raw).hexdigest()}": event for event in self.kept.values()}


class MemoryForgotten:
    """Who asked to be forgotten, by a hash of the lead's id."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.marked: dict[str, Forgetting] = {}
        self.todo: dict[str, Begun] = {}

    def put(self, lead_ids: Sequence[str], at: datetime) -> None:
        for lead_id in lead_ids:
            self._set(lead_id, Forgetting(at))

    def of(self, lead_id: str) -> Forgetting | None:
        return self._world.scheduler.call("get marker", lambda: self.marked.get(hashed(lead_id)))

    def begin(self, begun: Begun) -> None:
        self._world.scheduler.call("put todo", lambda: self.todo.update({hashed(each): begun for each in begun.asked}))

    def begun(self, lead_id: str) -> Begun:
        return self._world.scheduler.call("get todo", lambda: self.todo.get(hashed(lead_id), Begun()))

    def end(self, asked: Sequence[str]) -> None:
        self._world.scheduler.call("end todo", lambda: [self.todo.pop(hashed(each), None) for each in asked])

    def lift(self, lead_id: str, forgetting: Forgetting) -> None:
        self._set(lead_id, forgetting._replace(returned=True))

    def _set(self, lead_id: str, forgetting: Forgetting) -> None:
        self._world.scheduler.call("put marker", lambda: self.marked.update({hashed(lead_id): forgetting}))


def hashed(lead_id: str) -> str:
    return hashlib.sha256(f"{SECRET}{lead_id}".encode()).hexdigest()


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
