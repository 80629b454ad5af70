from collections.abc import Iterator, Sequence
from typing import Any

from leadlight.activity import Fact, Kind
from leadlight.activity.order_key import day_of, day_text
from leadlight.adapters.clients import batch_write, call, client
from leadlight.adapters.fact_items import readable, to_item
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
        page: dict[str, Any] = {}
        while True:
            answer = call(
                self._client.query,
                TableName=self._table,
                ConsistentRead=True,
                KeyConditionExpression="lead_id = :lead AND begins_with(#key, :prefix)",
                ExpressionAttributeNames={"#key": "key"},
                ExpressionAttributeValues={":lead": {"S": lead_id}, ":prefix": {"S": prefix}},
                **page,
            )
            yield from readable(answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
