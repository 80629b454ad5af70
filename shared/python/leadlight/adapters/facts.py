from collections.abc import Iterator, Sequence
from typing import Any

from leadlight.activity import Fact, Kind
from leadlight.activity.order_key import day_of, day_text
from leadlight.adapters.clients import batch_delete, batch_write, call, client
from leadlight.adapters.fact_items import Item, readable, to_item
from leadlight.ports import Conflict


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
        for fact in facts:
            if fact.untimed:
                self._put_first(fact)

    def of(self, lead_id: str, kind: Kind) -> list[Fact]:
        """The facts of a lead of one kind, by a consistent query."""
        return [*self._query(lead_id, f"{kind}#"), *self._query(lead_id, f"untimed#{kind}#")]

    def on(self, lead_id: str, day: int, *, untimed: bool) -> list[Fact]:
        """The counted facts of a lead on a day, by a consistent query."""
        found = list(self._query(lead_id, f"{Kind.ACTIVITY}#{day_text(day)}"))
        if untimed:
            received = self._query(lead_id, f"untimed#{Kind.ACTIVITY}#")
            found += [fact for fact in received if day_of(fact.order_key) == day]
        return found

    def every(self, lead_id: str) -> list[Fact]:
        """Every stored fact of a lead, copies among them."""
        return list(readable(self._items(lead_id)))

    def keys(self, lead_id: str) -> list[str]:
        """The sort keys of everything that is stored under a lead."""
        return [item["key"]["S"] for item in self._items(lead_id)]

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

    def _query(self, lead_id: str, prefix: str) -> Iterator[Fact]:
        return readable(self._items(lead_id, prefix))

    def _items(self, lead_id: str, prefix: str = "") -> Iterator[Item]:
        """Everything under a lead whose key begins with a prefix, by a consistent query."""
        condition: dict[str, Any] = {
            "KeyConditionExpression": "lead_id = :lead",
            "ExpressionAttributeValues": {":lead": {"S": lead_id}},
        }
        if prefix:
            condition["KeyConditionExpression"] += " AND begins_with(#key, :prefix)"
            condition["ExpressionAttributeNames"] = {"#key": "key"}
            condition["ExpressionAttributeValues"][":prefix"] = {"S": prefix}
        page: dict[str, Any] = {}
        while True:
            answer = call(self._client.query, TableName=self._table, ConsistentRead=True, **condition, **page)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
