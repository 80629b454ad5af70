"""DynamoDB in memory, in place of every botocore client's calls: it answers the real adapters, and meters them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from operator import eq, le, lt
from threading import Lock
from typing import Any
from unittest import mock
from zlib import crc32

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.bench.item_size import Item, index_units, read_units, size, write_units

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, "=": eq}
SORT_KEYS = {"activities": "key", "leads": "item", "records": "sk"}
Record = dict[str, Any]


@dataclass
class Meter:
    """Units used so far, by table, and the events that went to the bus."""

    writes: dict[str, float] = field(default_factory=dict)
    reads: dict[str, float] = field(default_factory=dict)
    events: int = 0
    event_bytes: int = 0

    def write(self, table: str, units: float) -> None:
        self.writes[table] = self.writes.get(table, 0) + units

    def read(self, table: str, units: float) -> None:
        self.reads[table] = self.reads.get(table, 0) + units


class Metered:
    """Three tables, their streams, a bus and a queue."""

    def __init__(self) -> None:
        self.meter = Meter()
        self.streams: dict[str, list[Record]] = {name: [] for name in SORT_KEYS}
        self.queue: list[str] = []
        self.calls = 0
        self._items: dict[str, dict[str, dict[str, Item]]] = {name: {} for name in SORT_KEYS}
        self._numbers = count(1)
        self._answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "PutItem": self._put_item,
            "GetItem": self._get_item,
            "BatchGetItem": self._batch_get,
            "DeleteItem": self._delete_item,
            "Query": self._query,
            "BatchWriteItem": self._batch_write,
            "Scan": self._scan,
            "UpdateItem": self._update_item,
            "SendMessage": self._send_message,
            "TransactWriteItems": self._transact,
            "PutEvents": self._put_events,
            "GetSecretValue": lambda _call: {"SecretString": "bench"},
        }

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Answers every call of every botocore client, PynamoDB's too."""
        one_at_a_time = Lock()

        def answer(_client: BaseClient, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
            with one_at_a_time:
                self.calls += 1
                return self._answers[operation](arguments)

        with mock.patch.object(BaseClient, "_make_api_call", answer):
            yield

    def taken(self, table: str) -> list[Record]:
        """The stream's records since the last call."""
        records, self.streams[table] = self.streams[table], []
        return records

    def items(self, table: str) -> dict[str, dict[str, Item]]:
        """A table's items by partition and sort key, read by nobody."""
        return self._items[table]

    def item(self, table: str, partition: str, sort: str) -> Item | None:
        """An item as it stands, read by nobody."""
        return self._items[table].get(partition, {}).get(sort)

    def _put_item(self, call: dict[str, Any]) -> dict[str, Any]:
        table, item = call["TableName"], call["Item"]
        partition, sort = self._key(table, item)
        before = self.item(table, partition, sort)
        if not _holds(call, before):
            self.meter.write(table, write_units(before))
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
        self._store(table, before, item)
        return {}

    def _update_item(self, call: dict[str, Any]) -> dict[str, Any]:
        table = call["TableName"]
        before = self.item(table, *self._key(table, call["Key"]))
        if not _holds(call, before):
            self.meter.write(table, write_units(before))
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem")
        assert before
        self._store(table, before, _updated(before, call))
        return {}

    def _transact(self, call: dict[str, Any]) -> dict[str, Any]:
        """All or nothing; each write costs twice what it costs alone."""
        writes = [next(iter(each.items())) for each in call["TransactItems"]]
        for _, each in writes:
            before = self.item(each["TableName"], *self._key(each["TableName"], each.get("Item") or each["Key"]))
            if not _holds(each, before):
                raise ClientError({"Error": {"Code": "TransactionCanceledException"}}, "TransactWriteItems")
        for kind, each in writes:
            table = each["TableName"]
            before = self.item(table, *self._key(table, each.get("Item") or each["Key"]))
            self.meter.write(table, write_units(before, each.get("Item")))
            if kind == "Put":
                self._store(table, before, each["Item"])
            elif kind == "Delete":
                self._remove(table, each["Key"])
            else:
                self.meter.write(table, write_units(before))
        return {}

    def _batch_write(self, call: dict[str, Any]) -> dict[str, Any]:
        for table, requests in call["RequestItems"].items():
            for request in requests:
                if "PutRequest" in request:
                    item = request["PutRequest"]["Item"]
                    self._store(table, self.item(table, *self._key(table, item)), item)
                else:
                    self._remove(table, request["DeleteRequest"]["Key"])
        return {"UnprocessedItems": {}}

    def _get_item(self, call: dict[str, Any]) -> dict[str, Any]:
        table = call["TableName"]
        found = self.item(table, *self._key(table, call["Key"]))
        self.meter.read(table, read_units(size(found) if found else 0, consistent=bool(call.get("ConsistentRead"))))
        return {"Item": found} if found else {}

    def _batch_get(self, call: dict[str, Any]) -> dict[str, Any]:
        found = {
            table: [self._get_item({"TableName": table, "Key": key}).get("Item") for key in asked["Keys"]]
            for table, asked in call["RequestItems"].items()
        }
        return {"Responses": {table: [item for item in items if item] for table, items in found.items()}}

    def _delete_item(self, call: dict[str, Any]) -> dict[str, Any]:
        table, before = call["TableName"], self.item(call["TableName"], *self._key(call["TableName"], call["Key"]))
        if not _holds(call, before):
            self.meter.write(table, write_units(before))
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "DeleteItem")
        self._remove(table, call["Key"])
        return {}

    def _query(self, call: dict[str, Any]) -> dict[str, Any]:
        table, values = call["TableName"], call["ExpressionAttributeValues"]
        partition, first, *last = [*(value["S"] for value in values.values()), ""]
        items = self._items[table].get(partition, {})
        between = "BETWEEN" in call["KeyConditionExpression"]
        ordered = sorted(items, reverse=not call.get("ScanIndexForward", True))
        sorts = [each for each in ordered if (first <= each <= last[0] if between else each.startswith(first))]
        found = [items[sort] for sort in sorts[: call.get("Limit")]]
        self.meter.read(table, read_units(sum(map(size, found)), consistent=bool(call.get("ConsistentRead"))))
        return {"Items": found, "Count": len(found), "ScannedCount": len(found)}

    def _scan(self, call: dict[str, Any]) -> dict[str, Any]:
        """A page of a segment; billed by what all of its items weigh together."""
        table, segment, segments = call["TableName"], call["Segment"], call["TotalSegments"]
        last = call.get("ExclusiveStartKey")
        after = self._key(table, last) if last else ("", "")
        mine = sorted(
            (partition, sort)
            for partition, items in self._items[table].items()
            if crc32(partition.encode()) % segments == segment
            for sort in items
            if (partition, sort) > after
        )
        page = [self._items[table][partition][sort] for partition, sort in mine[: call["Limit"]]]
        self.meter.read(table, read_units(sum(map(size, page)), consistent=bool(call.get("ConsistentRead"))))
        more = len(mine) > len(page)
        return {"Items": page, **({"LastEvaluatedKey": _key_of(page[-1])} if more else {})}

    def _send_message(self, call: dict[str, Any]) -> dict[str, Any]:
        self.queue.append(call["MessageBody"])
        return {}

    def _put_events(self, call: dict[str, Any]) -> dict[str, Any]:
        self.meter.events += len(call["Entries"])
        self.meter.event_bytes += sum(len(entry["Detail"]) for entry in call["Entries"])
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in call["Entries"]]}

    def _remove(self, table: str, key: dict[str, Any]) -> None:
        partition, sort = self._key(table, key)
        before = self._items[table].get(partition, {}).pop(sort, None)
        self.meter.write(table, write_units(before))
        self.meter.write(f"{table} index", index_units(before, None))
        if before:
            self._emit(table, "REMOVE", key, {"OldImage": before})

    def _store(self, table: str, before: Item | None, after: Item) -> None:
        self.meter.write(table, write_units(before, after))
        self.meter.write(f"{table} index", index_units(before, after))
        partition, sort = self._key(table, after)
        self._items[table].setdefault(partition, {})[sort] = after
        if before != after:
            self._emit(table, "MODIFY" if before else "INSERT", after, {"NewImage": after})

    def _emit(self, table: str, name: str, key: Item, images: dict[str, Item]) -> None:
        keys = {name: key[name] for name in ("lead_id", SORT_KEYS[table]) if name in key}
        change = {"SequenceNumber": f"{next(self._numbers):021d}", "Keys": keys, **images}
        self.streams[table].append({"eventName": name, "eventSource": "aws:dynamodb", "dynamodb": change})

    def _key(self, table: str, item: Item) -> tuple[str, str]:
        return item["pk" if table == "records" else "lead_id"]["S"], item[SORT_KEYS[table]]["S"]


def _key_of(item: Item) -> dict[str, Any]:
    return {name: item[name] for name in ("lead_id", "item")}


def _updated(before: Item, call: dict[str, Any]) -> Item:
    """What the adapters' updates make of an item: they remove one attribute, or set some."""
    verb, _, rest = call["UpdateExpression"].partition(" ")
    if verb == "REMOVE":
        return {name: value for name, value in before.items() if name != rest}
    values: Mapping[str, Any] = call["ExpressionAttributeValues"]
    assert verb == "SET"
    pairs = (each.split(" = ") for each in rest.split(", "))
    return {**before, **{name: values[given] for name, given in pairs}}


def _holds(call: dict[str, Any], before: Item | None) -> bool:
    """What the adapters' conditions ask for: alternatives of comparisons that all hold, or that there is no item."""
    expression = call.get("ConditionExpression")
    if expression is None:
        return True
    names, values = call.get("ExpressionAttributeNames", {}), call.get("ExpressionAttributeValues", {})

    def compares(test: str) -> bool:
        if test.startswith("attribute_not_exists("):
            return before is None
        name, operator, given = test.split()
        held = (before or {}).get(names.get(name, name))
        return held is not None and _COMPARE[operator](_plain(held), _plain(values[given]))

    return any(all(map(compares, each.split(" AND "))) for each in expression.split(" OR "))


def _plain(typed: dict[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    return int(value) if kind == "N" else value
