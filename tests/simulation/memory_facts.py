"""The activities table, in memory."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from leadlight.activity import Fact, Kind
from leadlight.activity.order_key import day_of, day_text
from leadlight.adapters import merge_items
from leadlight.adapters.fact_items import readable, stored
from leadlight.adapters.fact_items import to_item as fact_item
from leadlight.merge import in_force
from leadlight.ports import Stored
from tests.simulation.tables import Item, Table

if TYPE_CHECKING:  # the world is made of these
    from tests.simulation.world import World


class MemoryFacts:
    """The activities table."""

    def __init__(self, world: "World", table: Table) -> None:
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
