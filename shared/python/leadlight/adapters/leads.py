import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from typing import Any

from leadlight.adapters.clients import batch_delete, batch_get, call, client
from leadlight.adapters.lead_items import (
    HISTORY,
    NURTURE,
    SHARDS,
    STATE,
    history_to_item,
    needs,
    nurture_from_item,
    nurture_to_item,
    partition,
    settled,
    whole,
)
from leadlight.adapters.lead_pages import placed
from leadlight.nurture import NurtureState
from leadlight.ports import Conflict, Torn
from leadlight.releases import Page
from leadlight.state import LeadState

Stored = Mapping[str, Any]
_ROUNDS = 5
_LEAST_PAGE = 8
_FEW = 2  # leads that take no more queries than the calls for all states, and for all histories


class DynamoLeads:
    """The leads table: every put is conditional on the version that was read."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._client = client("dynamodb")

    def get(self, lead_id: str, *, consistent: bool) -> LeadState | None:
        """A lead's state: one query brings its history too, and is billed by what both weigh together."""
        for again in range(_ROUNDS):
            found = next(_paired(self._of(lead_id, consistent=consistent or again > 0)), None)
            if found is None:
                return None
            if (state := whole(*found)) is not None:
                return state
        raise Torn("a lead's history moved while it was read")

    def get_many(self, lead_ids: Sequence[str]) -> list[LeadState]:
        """Those of the leads' states that exist, once each, in any order."""
        lead_ids = list(dict.fromkeys(lead_ids))  # an index may still have a lead twice: where it was, and where it is
        if len(lead_ids) <= _FEW:
            return [state for lead_id in lead_ids if (state := self.get(lead_id, consistent=False)) is not None]
        items = list(self._many([_key(lead_id, STATE) for lead_id in lead_ids]))
        wanted = [_key(item["lead_id"]["S"], HISTORY) for item in items if needs(item)]
        histories = {item["lead_id"]["S"]: item for item in self._many(wanted)}
        return list(self._whole((item, histories.get(item["lead_id"]["S"])) for item in items))

    def put(self, state: LeadState) -> None:
        """Saves a state; raises Conflict where somebody else saved since it was read. Its base is then as stored."""
        before, item = state.base, settled(state)
        if state.base is before:
            self._put(item, state.version)
            return
        key = _key(state.lead_id, HISTORY)
        history: dict[str, Any] = {"Delete": {"TableName": self._table, "Key": key}}
        if state.base:
            history = {"Put": {"TableName": self._table, "Item": history_to_item(state.lead_id, state.base)}}
        saved = {"Put": {"TableName": self._table, "Item": item, **_condition(state.version)}}
        call(self._client.transact_write_items, TransactItems=[saved, history])

    def get_nurture(self, lead_id: str) -> NurtureState:
        """A lead's enrollments, by a consistent read."""
        item = self._get(lead_id, NURTURE, consistent=True)
        return nurture_from_item(item) if item else NurtureState(lead_id)

    def put_nurture(self, state: NurtureState) -> None:
        """Saves enrollments; raises Conflict where somebody else saved since they were read."""
        self._put(nurture_to_item(state), state.version)

    def clear_outbox(self, lead_id: str, item: str, outbox: str) -> bool:
        """Removes an outbox where it is still this one: a newer one comes with its own record."""
        try:
            call(
                self._client.update_item,
                TableName=self._table,
                Key=_key(lead_id, item),
                UpdateExpression="REMOVE outbox",
                ConditionExpression="outbox = :published",
                ExpressionAttributeValues={":published": {"S": outbox}},
            )
        except Conflict:
            return False
        return True

    def erase(self, lead_ids: Sequence[str]) -> Mapping[str, int]:
        """Removes everything of some leads. A put in flight fails: the version that it read is gone."""
        keys = [_key(lead_id, item) for lead_id in lead_ids for item in (STATE, NURTURE, HISTORY)]
        there = [{name: item[name] for name in ("lead_id", "item")} for item in self._many(keys, consistent=True)]
        # Histories last: a state that was left without its own could be read by nobody, and not be erased again.
        for last in (False, True):
            batch_delete(self._client, self._table, [key for key in there if (key["item"]["S"] == HISTORY) is last])
        return Counter(key["item"]["S"] for key in there)

    def scan(self) -> Iterator[LeadState]:
        """Every lead's state, a page of 1 MB at a time."""
        return self._whole(_paired(self._items()))

    def _items(self) -> Iterator[Stored]:
        page: dict[str, Any] = {}
        while True:
            answer = call(
                self._client.scan,
                TableName=self._table,
                FilterExpression="#item IN (:state, :history)",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={":state": {"S": STATE}, ":history": {"S": HISTORY}},
                **page,
            )
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _whole(self, pairs: Iterable[tuple[Stored, Stored | None]]) -> Iterator[LeadState]:
        """The states of items and their histories; where the two do not go together, both are read again."""
        for item, history in pairs:
            lead_id = item["lead_id"]["S"]
            state = whole(item, history) or self.get(lead_id, consistent=True)
            if state is not None:
                yield state

    def page(self, segment: int, segments: int, *, after: str, limit: int) -> Page:
        """The next items of one of so many parts of the table, by a consistent scan; some may be unreadable."""
        lead_id, _, name = after.partition("#")
        answer = call(
            self._client.scan,
            TableName=self._table,
            Segment=segment,
            TotalSegments=segments,
            Limit=limit,
            ConsistentRead=True,
            **({"ExclusiveStartKey": _key(lead_id, name)} if after else {}),
        )
        last = answer.get("LastEvaluatedKey")
        items = placed(answer["Items"], again=lambda lead_id: self.get(lead_id, consistent=True))
        return Page(list(items), f"{last['lead_id']['S']}#{last['item']['S']}" if last else "")

    def ranked(self, stages: Sequence[str], *, below: str, limit: int) -> list[str]:
        """The highest rank keys of some stages under `below`, highest first: merged over the index's shards."""
        names = [partition(stage, shard) for stage in stages for shard in range(SHARDS)]
        size = max(_LEAST_PAGE, 2 * limit // SHARDS)
        firsts = self._pool.map(lambda name: self._below(name, below, size), names)
        each = [self._descending(name, first, size) for name, first in zip(names, list(firsts), strict=True)]
        return list(islice(heapq.merge(*each, reverse=True), limit))

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=16)

    def _descending(self, name: str, keys: list[str], size: int) -> Iterator[str]:
        while keys:
            yield from keys
            keys = self._below(name, keys[-1], size) if len(keys) == size else []

    def _below(self, name: str, key: str, size: int) -> list[str]:
        answer = call(
            self._client.query,
            TableName=self._table,
            IndexName="ranking",
            ScanIndexForward=False,
            Limit=size,
            KeyConditionExpression="rank_partition = :name AND rank_key < :key",
            ExpressionAttributeValues={":name": {"S": name}, ":key": {"S": key}},
        )
        return [item["rank_key"]["S"] for item in answer["Items"]]

    def _of(self, lead_id: str, *, consistent: bool) -> Sequence[Stored]:
        """A lead's items in the order of their names: three at most, of a few KB."""
        answer = call(
            self._client.query,
            TableName=self._table,
            KeyConditionExpression="lead_id = :lead",
            ExpressionAttributeValues={":lead": {"S": lead_id}},
            ConsistentRead=consistent,
        )
        items: Sequence[Stored] = answer["Items"]
        return items

    def _get(self, lead_id: str, item: str, *, consistent: bool) -> Any:
        answer = call(self._client.get_item, TableName=self._table, Key=_key(lead_id, item), ConsistentRead=consistent)
        return answer.get("Item")

    def _many(self, keys: Sequence[Mapping[str, Any]], *, consistent: bool = False) -> Iterator[dict[str, Any]]:
        return batch_get(self._client, self._table, keys, consistent=consistent)

    def _put(self, item: dict[str, Any], version: int) -> None:
        call(self._client.put_item, TableName=self._table, Item=item, **_condition(version))


def _paired(items: Iterable[Stored]) -> Iterator[tuple[Stored, Stored | None]]:
    """Each state with the history that lies before it: a lead's items come in the order of their names."""
    history: Stored | None = None
    for item in items:
        if item["item"]["S"] == STATE:
            yield item, history
        elif item["item"]["S"] == HISTORY:
            history = item


def _condition(version: int) -> dict[str, Any]:
    """That the stored version is still the one that was read; 0: that there is none."""
    if not version:
        return {"ConditionExpression": "attribute_not_exists(lead_id)"}
    return {
        "ConditionExpression": "version = :read",
        "ExpressionAttributeValues": {":read": {"N": str(version)}},
    }


def _key(lead_id: str, item: str) -> dict[str, dict[str, str]]:
    return {"lead_id": {"S": lead_id}, "item": {"S": item}}
