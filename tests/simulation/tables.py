"""DynamoDB in memory: tables with typed items, versions for stale reads, and stream records in lanes."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any
from zlib import crc32

Item = dict[str, dict[str, Any]]
Record = dict[str, Any]
Key = tuple[str, str]
LARGEST_BATCH = 10
TTL_IDENTITY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


class Lane:
    """Records that one invocation at a time works on, in order.

    After a failure it rests for some steps; a batch whose invocation failed is cut in half, until one goes through.
    """

    def __init__(self) -> None:
        self.records: deque[Record] = deque()
        self.past: list[Record] = []
        self.busy = False
        self.rests_until = 0
        self.most = LARGEST_BATCH

    def passed(self, record: Record) -> bool:
        """Notes that the first record is done; False where the lane stands elsewhere by now."""
        if not self.records or self.records[0] is not record:
            return False
        self.past.append(self.records.popleft())
        return True

    def go_back(self, most: int) -> None:
        """A checkpoint is lost: the last records come again, and what is behind them after that."""
        self.records.extendleft(reversed(self.past[-most:]))
        del self.past[-most:]


class Stream:
    """A table's stream. An item's records share a lane; between lanes there is no order.

    That is what a parallelization factor above 1 gives: two invocations may hold one lead at once.
    """

    def __init__(self, lanes: int, *, passes: Callable[[Record], bool]) -> None:
        self.lanes = [Lane() for _ in range(lanes)]
        self._passes = passes
        self._numbers = 0

    def emit(self, record: Record, key: Key) -> None:
        """Takes a record, where the mapping's filter lets it pass."""
        self._numbers += 1
        record["dynamodb"]["SequenceNumber"] = f"{self._numbers:021d}"
        if self._passes(record):
            self.lanes[crc32("\0".join(key).encode()) % len(self.lanes)].records.append(record)


class Table:
    """Items by (lead_id, sort key). A put that changes nothing leaves no record in the stream."""

    def __init__(self, stream: Stream, sort_name: str) -> None:
        self.items: dict[str, dict[str, Item]] = {}
        self.ever: dict[Key, Item] = {}
        self.versions: dict[Key, list[Item | None]] = {}
        self._stream = stream
        self._sort_name = sort_name

    def get(self, lead_id: str, sort: str) -> Item | None:
        return self.items.get(lead_id, {}).get(sort)

    def stale(self, lead_id: str, sort: str, back: int) -> Item | None:
        """What an eventually consistent read may still see: the item some versions ago."""
        versions = self.versions.get((lead_id, sort), [None])
        return versions[max(0, len(versions) - 1 - back)]

    def query(self, lead_id: str, prefix: str) -> list[Item]:
        """Consistent: all items of a lead whose sort key begins with the prefix, in order."""
        items = self.items.get(lead_id, {})
        return [items[sort] for sort in sorted(sort for sort in items if sort.startswith(prefix))]

    def all(self) -> Iterator[Item]:
        for items in self.items.values():
            yield from items.values()

    def put(self, item: Item) -> None:
        lead_id, sort = item["lead_id"]["S"], item[self._sort_name]["S"]
        items = self.items.setdefault(lead_id, {})
        old = items.get(sort)
        if old == item:
            return
        items[sort] = self.ever[(lead_id, sort)] = item
        self._changed((lead_id, sort), old, item)

    def expire(self, now_seconds: int) -> None:
        """Deletes by TTL: REMOVE records of DynamoDB's own."""
        gone = [
            (lead_id, sort)
            for lead_id, items in self.items.items()
            for sort, item in items.items()
            if "expires_at" in item and int(item["expires_at"]["N"]) < now_seconds
        ]
        for lead_id, sort in gone:
            self._changed((lead_id, sort), self.items[lead_id].pop(sort), None)

    def delete(self, lead_id: str, sort: str) -> None:
        """Deletes on somebody's behalf, which the record's lack of DynamoDB's identity tells."""
        old = self.items.get(lead_id, {}).pop(sort, None)
        if old is not None:
            self._changed((lead_id, sort), old, None, by_ttl=False)

    def _changed(self, key: Key, old: Item | None, new: Item | None, *, by_ttl: bool = True) -> None:
        self.versions.setdefault(key, [None]).append(new)
        change: dict[str, Any] = {"Keys": {"lead_id": {"S": key[0]}, self._sort_name: {"S": key[1]}}}
        if old is not None:
            change["OldImage"] = old
        if new is not None:
            change["NewImage"] = new
        name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
        record: Record = {"eventName": name, "eventSource": "aws:dynamodb", "dynamodb": change}
        if new is None and by_ttl:
            record["userIdentity"] = TTL_IDENTITY
        self._stream.emit(record, key)
