import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cached_property

from leadlight.activity.order_key import milliseconds, timestamp
from leadlight.adapters.clients import call, client
from leadlight.adapters.fact_items import Item
from leadlight.failed import FailedEvent, Kept, short
from leadlight.ports import Conflict, Unavailable

_KEPT_SECONDS = 30 * 86_400
_FAILED = "failed/"
_PLACES = ("aws/lambda/", _FAILED)  # in order; the first is where Lambda leaves the batches that a stream gave up
_AT_ONCE = 16


class StoredFailedEvents:
    """Failed events: the raw bytes in the bucket, then a record that lists them. Both go after 30 days."""

    def __init__(self, bucket: str, table: str) -> None:
        self._bucket = bucket
        self._table = table

    def keep(self, event: FailedEvent) -> str:
        """Stores one durably; returns its id. Where it was kept before, its first time stays, and it waits again."""
        kept = Kept.of(event, hashlib.sha256(event.source.encode() + b"\0" + event.raw).hexdigest()[:26])
        call(client("s3").put_object, Bucket=self._bucket, Key=kept.place, Body=event.raw)
        first = "received_at = if_not_exists(received_at, :at), expires_at = if_not_exists(expires_at, :end)"
        call(
            client("dynamodb").update_item,
            TableName=self._table,
            Key=_key(kept.day, kept.source, kept.name),
            UpdateExpression=f"SET reason = :reason, place = :place, {first} REMOVE replayed_at",
            ExpressionAttributeValues={
                ":reason": {"S": kept.reason},
                ":place": {"S": kept.place},
                ":at": {"S": kept.moment},
                ":end": {"N": str(milliseconds(event.received_at) // 1000 + _KEPT_SECONDS)},
            },
        )
        return kept.id

    def kept(self, day: str, *, after: str, limit: int) -> list[Kept]:
        """Failed events of a day behind an id of that day, in order of source and name."""
        _, source, name = _parts(after)
        place, found = f"{source}#{name}", list[Kept]()
        while len(found) < limit:
            answer = call(
                client("dynamodb").query,
                TableName=self._table,
                KeyConditionExpression="pk = :day AND sk > :after",
                ExpressionAttributeValues={":day": {"S": f"failed#{day}"}, ":after": {"S": place}},
                ConsistentRead=True,
                Limit=limit - len(found),
            )
            found += map(_from_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                break
            place = answer["LastEvaluatedKey"]["sk"]["S"]  # a page ends at 1 MB, too
        return found

    def find(self, failed_id: str) -> Kept | None:
        """The failed event of an id."""
        key, table = _key(*_parts(failed_id)), client("dynamodb")
        item = call(table.get_item, TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return _from_item(item) if item else None

    def settle(self, kept: Kept) -> None:
        """Stores the reason and `replayed_at`, where the record was not removed meanwhile."""
        replayed = {":at": {"S": timestamp(kept.replayed_at)}} if kept.replayed_at else {}
        try:
            call(
                client("dynamodb").update_item,
                TableName=self._table,
                Key=_key(kept.day, kept.source, kept.name),
                UpdateExpression="SET reason = :reason" + (", replayed_at = :at" if replayed else ""),
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":reason": {"S": short(kept.reason)}, **replayed},
            )
        except Conflict:
            return

    def places(self, *, after: str, limit: int) -> list[str]:
        """Where raw bytes are kept, in order, behind a place."""
        behind = {"StartAfter": after} if after else {}
        found: list[str] = []
        for prefix in _PLACES:
            most = {"MaxKeys": limit - len(found), "Prefix": prefix, **behind}
            if len(found) < limit:
                answer = call(client("s3").list_objects_v2, Bucket=self._bucket, **most)
                found += [each["Key"] for each in answer.get("Contents", [])]
        return found

    def bodies(self, places: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """The raw bytes at some places; a place that is gone meanwhile is left out."""
        for place, raw in zip(places, self._pool.map(self._body, places), strict=True):
            if raw is not None:
                yield place, raw

    def reason(self, place: str) -> str:
        """Why the failed event at a place could not be understood; empty where nothing says so."""
        key = _record_of(place)
        if key is None:
            return ""
        item = call(client("dynamodb").get_item, TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return str(item["reason"]["S"]) if item else ""

    def cut(self, place: str, raw: bytes | None, *, reason: str = "") -> None:
        """Replaces the raw bytes at a place, and the reason; None removes both, first the record that they lead to."""
        key, table = _record_of(place), client("dynamodb")
        if raw is None:
            if key:
                call(table.delete_item, TableName=self._table, Key=key)
            call(client("s3").delete_object, Bucket=self._bucket, Key=place)
            return
        if key:
            call(
                table.update_item,
                TableName=self._table,
                Key=key,
                UpdateExpression="SET reason = :reason",
                ExpressionAttributeValues={":reason": {"S": short(reason)}},
            )
        call(client("s3").put_object, Bucket=self._bucket, Key=place, Body=raw)

    def _body(self, place: str) -> bytes | None:
        storage = client("s3")
        try:
            return bytes(call(storage.get_object, Bucket=self._bucket, Key=place)["Body"].read())
        except Unavailable as error:
            if isinstance(error.__cause__, storage.exceptions.NoSuchKey):
                return None
            raise

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=_AT_ONCE)


def _record_of(place: str) -> Item | None:
    """The key of the record that lists a failed event; Lambda's own objects have none."""
    if not place.startswith(_FAILED):
        return None
    _, source, day, name = place.split("/")
    return _key(day, source, name)


def _key(day: str, source: str, name: str) -> Item:
    return {"pk": {"S": f"failed#{day}"}, "sk": {"S": f"{source}#{name}"}}


def _parts(failed_id: str) -> tuple[str, str, str]:
    """Day, source and name; what is no id names nothing that is kept."""
    day, _, rest = failed_id.partition(".")
    source, _, name = rest.rpartition(".")
    return day, source, name


def _from_item(item: Item) -> Kept:
    source, _, name = item["sk"]["S"].rpartition("#")
    replayed = item.get("replayed_at")
    return Kept(
        day=item["pk"]["S"].removeprefix("failed#"),
        source=source,
        name=name,
        reason=item["reason"]["S"],
        received_at=datetime.fromisoformat(item["received_at"]["S"]),
        replayed_at=datetime.fromisoformat(replayed["S"]) if replayed else None,
    )
