from typing import Any

import msgspec

from leadlight.adapters.clients import call, client
from leadlight.adapters.fact_items import Item
from leadlight.ports import Conflict
from leadlight.releases import Checkpoint, Run, Task

_RUN, _SEGMENT = "run", "segment#"
_KEPT_SECONDS = 400 * 86_400


class QueuedRuns:
    """Runs: what they are and how far they are in the records table, what is to be done next in a queue."""

    def __init__(self, table: str, queue_url: str, *, settle_seconds: int) -> None:
        self.settle_seconds = settle_seconds
        self._table = table
        self._queue_url = queue_url
        self._client = client("dynamodb")

    def begin(self, run: Run, *, now: float) -> None:
        """Stores a run; one that is there stays as it is. A publish stays for good: what is missing never began."""
        body = msgspec.json.encode(run).decode()
        expires = {"expires_at": {"N": str(int(now) + _KEPT_SECONDS)}} if run.kind == "sweep" else {}
        self._put_first({**_key(run.id, _RUN), **expires, "body": {"S": body}})
        for segment in range(run.segments):
            empty = msgspec.json.encode(Checkpoint(segment)).decode()
            place = _key(run.id, f"{_SEGMENT}{segment:03d}")
            self._put_first({**place, **expires, "page": {"N": "0"}, "body": {"S": empty}})

    def get(self, run_id: str) -> Run | None:
        """A run, by a consistent read."""
        item = self._get(run_id, _RUN)
        return msgspec.json.decode(item["body"]["S"], type=Run) if item else None

    def checkpoint(self, run_id: str, segment: int) -> Checkpoint:
        """How far a segment is, by a consistent read."""
        item = self._get(run_id, f"{_SEGMENT}{segment:03d}")
        return msgspec.json.decode(item["body"]["S"], type=Checkpoint) if item else Checkpoint(segment)

    def advance(self, run_id: str, checkpoint: Checkpoint) -> None:
        """Stores that a page is done; raises Conflict where the page before it is not the last one that was.

        So each page is counted once, however often its message comes.
        """
        call(
            self._client.update_item,
            TableName=self._table,
            Key=_key(run_id, f"{_SEGMENT}{checkpoint.segment:03d}"),
            UpdateExpression="SET page = :page, body = :body",
            ConditionExpression="page = :before",
            ExpressionAttributeValues={
                ":page": {"N": str(checkpoint.page)},
                ":before": {"N": str(checkpoint.page - 1)},
                ":body": {"S": msgspec.json.encode(checkpoint).decode()},
            },
        )

    def send(self, task: Task, *, delay: int) -> None:
        """Puts a task into the queue, to be taken out after so many seconds."""
        body = msgspec.json.encode(task).decode()
        call(client("sqs").send_message, QueueUrl=self._queue_url, MessageBody=body, DelaySeconds=delay)

    def _get(self, run_id: str, sort: str) -> Item | None:
        answer = call(self._client.get_item, TableName=self._table, Key=_key(run_id, sort), ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    def _put_first(self, item: dict[str, Any]) -> None:
        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk)",
            )
        except Conflict:
            return


def _key(run_id: str, sort: str) -> Item:
    return {"pk": {"S": f"run#{run_id}"}, "sk": {"S": sort}}
