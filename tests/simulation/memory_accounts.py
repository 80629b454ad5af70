"""What the activities table holds of accounts and their leads, in memory."""

from collections.abc import Callable, Sequence

from leadlight.adapters import account_items as items
from leadlight.ports import Membership, Round
from leadlight.state.company import Told
from tests.simulation.scheduler import Scheduler
from tests.simulation.tables import Item, Table


class MemoryAccounts:
    """Each put and each removal gives way to what is newer."""

    def __init__(self, scheduler: Scheduler, table: Table) -> None:
        self._call = scheduler.call
        self._table = table

    def join(self, membership: Membership) -> None:
        self._put("join account", items.membership_to_item(membership), _version)

    def leave(self, account_id: str, lead_id: str, *, version: int) -> None:
        def delete() -> None:
            held = self._table.get(account_id, items.member_key(lead_id))
            if held and int(held["version"]["N"]) <= version:
                self._table.delete(account_id, items.member_key(lead_id))

        self._call("leave account", delete)

    def members(self, account_id: str, *, after: str = "", limit: int) -> list[Membership]:
        def query() -> list[Membership]:
            found = map(items.membership_from_item, self._table.query(account_id, f"{items.MEMBER}#"))
            return [each for each in found if each.lead_id > after][:limit]

        return self._call("query account", query)

    def tell(self, told: Sequence[tuple[str, Told]]) -> None:
        """Item by item: a batch may be stored in part when it fails."""
        for lead_id, each in told:
            item = items.told_to_item(lead_id, each)
            self._call("tell lead", lambda item=item: self._table.put(item))  # type: ignore[misc]

    def go_on(self, given: Round) -> None:
        self._put("go on", items.round_to_item(given), lambda item: (*_version(item), item["after"]["S"]))

    def _put(self, name: str, item: Item, order: Callable[[Item], tuple[object, ...]]) -> None:
        def put() -> None:
            held = self._table.get(item["lead_id"]["S"], item["key"]["S"])
            if held is None or order(held) < order(item):
                self._table.put(item)

        self._call(name, put)


def _version(item: Item) -> tuple[object, ...]:
    return (int(item["version"]["N"]),)
