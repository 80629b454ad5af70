"""What the activities table holds of merges, in memory."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from leadlight.activity import Fact
from leadlight.adapters import merge_items
from leadlight.adapters.fact_items import to_item as fact_item
from leadlight.adapters.lead_items import STATE
from leadlight.merge import Link, Member
from leadlight.ports import Conflict
from tests.simulation.tables import Item, Table

if TYPE_CHECKING:  # the world is made of these
    from tests.simulation.world import World


class MemoryMerges:
    """Of what an issuer says, and of where a lead is a member, what is newest stays."""

    def __init__(self, world: "World", table: Table) -> None:
        self._world = world
        self._table = table

    def links(self, lead_id: str) -> list[Link]:
        return self._call("query links", lambda: list(map(merge_items.link_from_item, self._of(lead_id, "link"))))

    def link(self, links: Sequence[Link]) -> None:
        for link in links:
            self._call("put link", self._newer(merge_items.link_to_item(link), "version", ties=not link.joined))

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
        self._call("delete member", self._older(root, merge_items.member_key(lead_id), "version", epoch))

    def copy(self, facts: Iterable[Fact], *, over: bool) -> None:
        items = [fact_item(fact, retention_days=self._world.retention_days) for fact in facts]
        self._world.scheduler.together("put copies", [self._newer(item, "epoch", ties=over) for item in items])

    def uncopy(self, facts: Iterable[Fact]) -> None:
        gone = [self._older(fact.lead_id, fact.key, "epoch", fact.epoch) for fact in facts]
        self._world.scheduler.together("delete copies", gone)

    def poke(self, lead_ids: Iterable[str], *, by: str, mark: str) -> None:
        for lead_id in lead_ids:
            item = merge_items.poke_to_item(lead_id, by=by, mark=mark)
            self._call("poke", lambda item=item: self._table.put(item))

    def _of(self, lead_id: str, name: str) -> list[Item]:
        return self._table.query(lead_id, f"{name}#")

    def _newer(self, item: Item, field: str, *, ties: bool) -> Callable[[], None]:
        def put() -> None:
            held = self._table.get(item["lead_id"]["S"], item["key"]["S"])
            stored, mine = int(held[field]["N"]) if held else -1, int(item[field]["N"])
            if stored < mine or (ties and stored == mine):
                self._table.put(item)

        return put

    def _older(self, lead_id: str, key: str, field: str, mine: int) -> Callable[[], None]:
        def delete() -> None:
            held = self._table.get(lead_id, key)
            if held and int(held[field]["N"]) <= mine:
                self._table.delete(lead_id, key)

        return delete

    def _call(self, name: str, effect: Callable[[], Any]) -> Any:
        return self._world.scheduler.call(name, effect)
