from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from leadlight.activity import Fact, Kind
from leadlight.activity.order_key import day_of, day_text
from leadlight.adapters.clients import batch_delete, batch_get, batch_write, call, client
from leadlight.adapters.fact_items import readable, stored, to_item
from leadlight.adapters.merge_items import MERGE, member_from_item
from leadlight.adapters.queries import query
from leadlight.merge import in_force
from leadlight.ports import Conflict, Image, Stored

_AT_ONCE = 16  # facts without a time: each is a call of its own


class DynamoFacts:
    """The activities table: append only, one item per fact, no look-up before a put."""

    def __init__(self, table: str, retention_days: int) -> None:
        self._table = table
        self._retention_days = retention_days
        self._client = client("dynamodb")

    def put(self, facts: Sequence[Fact]) -> None:
        """Stores facts; storing one again changes nothing. One without a time keeps its first receipt."""
        items = {
            (fact.lead_id, fact.key): to_item(fact, retention_days=self._retention_days)
            for fact in facts
            if not fact.untimed
        }
        if len(items) == 1:
            call(self._client.put_item, TableName=self._table, Item=next(iter(items.values())))
        elif items:
            batch_write(self._client, self._table, list(items.values()))
        untimed = {(fact.lead_id, fact.key): fact for fact in reversed(facts) if fact.untimed}
        if len(untimed) == 1:
            self._put_first(*untimed.values())
        elif untimed:
            for _ in self._pool.map(self._put_first, untimed.values()):
                pass

    def of(self, lead_id: str, kind: Kind) -> list[Fact]:
        """The facts of a lead of one kind, by a consistent query."""
        return self._facts(lead_id, f"{kind}#", f"untimed#{kind}#")

    def on(self, lead_id: str, day: int, *, untimed: bool) -> list[Fact]:
        """The counted facts of a lead on a day, by a consistent query."""
        also = (f"untimed#{Kind.ACTIVITY}#",) if untimed else ()
        found = self._facts(lead_id, f"{Kind.ACTIVITY}#{day_text(day)}", *also)
        return [fact for fact in found if day_of(fact.order_key) == day]

    def every(self, lead_id: str) -> list[Fact]:
        """Every fact that counts for a lead, by a consistent query."""
        return self._facts(lead_id, "")

    def own(self, lead_id: str) -> list[Fact]:
        """Every stored fact of the lead itself, without the copies of others."""
        found = readable(query(self._client, self._table, lead_id))
        return [fact for fact in found if not fact.owner]

    def keys(self, lead_id: str) -> list[str]:
        """The sort keys of everything that is stored under a lead."""
        return [item["key"]["S"] for item in query(self._client, self._table, lead_id)]

    def page(self, lead_id: str, *, after: str, limit: int) -> list[Stored]:
        """What is stored under a lead behind a sort key; one query, which DynamoDB ends at 1 MB."""
        answer = call(
            self._client.query,
            TableName=self._table,
            KeyConditionExpression="lead_id = :lead AND #key > :after",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues={":lead": {"S": lead_id}, ":after": {"S": after or " "}},
            ConsistentRead=True,
            Limit=limit,
        )
        return [stored(item) for item in answer["Items"]]

    def images(self, lead_id: str, keys: Sequence[str]) -> dict[str, Image]:
        """Those of a lead's items that are stored now, by their keys; by consistent reads."""
        wanted = [{"lead_id": {"S": lead_id}, "key": {"S": key}} for key in dict.fromkeys(keys)]
        found = batch_get(self._client, self._table, wanted, consistent=True)
        return {item["key"]["S"]: item for item in found}

    def delete(self, lead_id: str, keys: Sequence[str]) -> None:
        """Deletes what is stored under a lead by these keys."""
        batch_delete(self._client, self._table, [{"lead_id": {"S": lead_id}, "key": {"S": key}} for key in keys])

    def _put_first(self, fact: Fact) -> None:
        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=to_item(fact, retention_days=self._retention_days),
                ConditionExpression="attribute_not_exists(lead_id)",
            )
        except Conflict:
            return  # it came before: the first receipt stays

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=_AT_ONCE)

    def _facts(self, lead_id: str, *prefixes: str) -> list[Fact]:
        """What counts for the lead: where there are copies, those of the leads that are merged into it."""
        found = [fact for prefix in prefixes for fact in readable(query(self._client, self._table, lead_id, prefix))]
        if not any(fact.owner for fact in found):
            return found
        members = map(member_from_item, query(self._client, self._table, lead_id, f"{MERGE}#"))
        return in_force(found, {member.lead_id: member.epoch for member in members})
