from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from leadlight.activity import Fact
from leadlight.adapters import merge_items as items
from leadlight.adapters.clients import call, client
from leadlight.adapters.fact_items import to_item
from leadlight.adapters.lead_items import STATE
from leadlight.adapters.queries import query
from leadlight.merge import Link, Member
from leadlight.ports import Conflict

_AT_ONCE = 16


class DynamoMerges:
    """What the activities table holds of merges. Each put gives way to what is newer."""

    def __init__(self, table: str, leads_table: str, retention_days: int) -> None:
        self._table = table
        self._leads_table = leads_table
        self._retention_days = retention_days
        self._client = client("dynamodb")

    def links(self, lead_id: str) -> list[Link]:
        """The links under a lead, by a consistent query."""
        return [items.link_from_item(item) for item in query(self._client, self._table, lead_id, f"{items.LINK}#")]

    def link(self, links: Sequence[Link]) -> None:
        """Says that leads are joined, or no longer."""
        for link in links:
            self._put(items.link_to_item(link), "version", ties=not link.joined)

    def members(self, root: str) -> list[Member]:
        """Those that are merged into a lead, by a consistent query."""
        found = query(self._client, self._table, root, f"{items.MERGE}#")
        return [items.member_from_item(item) for item in found]

    def member(self, root: str, lead_id: str) -> Member | None:
        """One of them, by a consistent read."""
        key = {"lead_id": {"S": root}, "key": {"S": items.member_key(lead_id)}}
        answer = call(self._client.get_item, TableName=self._table, Key=key, ConsistentRead=True)
        return items.member_from_item(answer["Item"]) if "Item" in answer else None

    def enter(self, member: Member, *, version: int) -> None:
        """Stores a member, in one transaction with a check that its own state is still of this version.

        Raises:
            Conflict: it is not, or somebody else is writing just now.
        """
        check = {
            "TableName": self._leads_table,
            "Key": {"lead_id": {"S": member.lead_id}, "item": {"S": STATE}},
            "ConditionExpression": "version = :read",
            "ExpressionAttributeValues": {":read": {"N": str(version)}},
        }
        put = {"TableName": self._table, "Item": items.member_to_item(member)}
        call(self._client.transact_write_items, TransactItems=[{"ConditionCheck": check}, {"Put": put}])

    def leave(self, root: str, lead_id: str, *, epoch: int) -> None:
        """Removes a member of this epoch or an older one."""
        self._delete(root, items.member_key(lead_id), "version", epoch)

    def copy(self, facts: Iterable[Fact], *, over: bool) -> None:
        """Stores copies, many at once; `over` those of the same epoch that are there."""
        stored = (to_item(fact, retention_days=self._retention_days) for fact in facts)
        self._each(lambda item: self._put(item, "epoch", ties=over), stored)

    def uncopy(self, facts: Iterable[Fact]) -> None:
        """Removes copies of their epochs or older ones."""
        self._each(lambda fact: self._delete(fact.lead_id, fact.key, "epoch", fact.epoch), facts)

    def poke(self, lead_ids: Iterable[str], *, by: str, mark: str) -> None:
        """Makes leads look again at where they belong."""

        def put(lead_id: str) -> None:
            call(self._client.put_item, TableName=self._table, Item=items.poke_to_item(lead_id, by=by, mark=mark))

        self._each(put, lead_ids)

    def _put(self, item: dict[str, Any], field: str, *, ties: bool) -> None:
        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=item,
                ConditionExpression=f"attribute_not_exists(lead_id) OR #field {'<=' if ties else '<'} :mine",
                ExpressionAttributeNames={"#field": field},
                ExpressionAttributeValues={":mine": item[field]},
            )
        except Conflict:
            return  # what is stored is newer

    def _delete(self, lead_id: str, key: str, field: str, mine: int) -> None:
        try:
            call(
                self._client.delete_item,
                TableName=self._table,
                Key={"lead_id": {"S": lead_id}, "key": {"S": key}},
                ConditionExpression="attribute_not_exists(lead_id) OR #field <= :mine",
                ExpressionAttributeNames={"#field": field},
                ExpressionAttributeValues={":mine": {"N": str(mine)}},
            )
        except Conflict:
            return

    def _each(self, action: Callable[[Any], None], things: Iterable[Any]) -> None:
        for _ in self._pool.map(action, things):
            pass

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=_AT_ONCE)
