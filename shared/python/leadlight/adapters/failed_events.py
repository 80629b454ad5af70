import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from leadlight.activity.order_key import milliseconds, timestamp
from leadlight.adapters.clients import call, client
from leadlight.adapters.fact_items import Item
from leadlight.ports import FailedEvent, Unavailable

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
        """Stores one durably; returns its id. The same bytes of a source on a day are the same failed event."""
        day = event.received_at.date().isoformat()
        name = hashlib.sha256(event.source.encode() + b"\0" + event.raw).hexdigest()[:26]
        place = f"{_FAILED}{event.source}/{day}/{name}"
        call(client("s3").put_object, Bucket=self._bucket, Key=place, Body=event.raw)
        call(
            client("dynamodb").put_item,
            TableName=self._table,
            Item={
                "pk": {"S": f"failed#{day}"},
                "sk": {"S": f"{event.source}#{name}"},
                "reason": {"S": event.reason},
                "place": {"S": place},
                "received_at": {"S": timestamp(event.received_at)},
                "expires_at": {"N": str(milliseconds(event.received_at) // 1000 + _KEPT_SECONDS)},
            },
        )
        return f"{day}/{event.source}/{name}"

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
                ExpressionAttributeValues={":reason": {"S": reason}},
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
    return {"pk": {"S": f"failed#{day}"}, "sk": {"S": f"{source}#{name}"}}
