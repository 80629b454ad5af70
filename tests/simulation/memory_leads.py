"""The leads table, in memory."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

from leadlight.adapters.lead_items import (
    HISTORY,
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
from leadlight.nurture import NurtureState
from leadlight.ports import Conflict, Torn
from leadlight.releases import Page
from leadlight.state import LeadState
from tests.simulation.tables import Item, Table

if TYPE_CHECKING:  # the world is made of these
    from tests.simulation.world import World


class MemoryLeads:
    """The leads table."""

    def __init__(self, world: "World", table: Table) -> None:
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
