import hashlib

from leadlight.activity.order_key import milliseconds, timestamp
from leadlight.adapters.clients import call, client
from leadlight.ports import FailedEvent

_KEPT_SECONDS = 30 * 86_400


class StoredFailedEvents:
    """Failed events: the raw bytes in the bucket, then a record that lists them. Both go after 30 days."""

    def __init__(self, bucket: str, table: str) -> None:
        self._bucket = bucket
        self._table = table

    def keep(self, event: FailedEvent) -> str:
        """Stores one durably; returns its id. The same bytes of a source on a day are the same failed event."""
        day = event.received_at.date().isoformat()
        name = hashlib.sha256(event.source.encode() + b"\0" + event.raw).hexdigest()[:26]
        place = f"failed/{event.source}/{day}/{name}"
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
