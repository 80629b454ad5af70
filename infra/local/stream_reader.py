"""Reads the shards of a DynamoDB stream in the shape in which Lambda hands the records to a function.

The calls go out signed but unparsed: the wire's JSON already is that shape (numbers as text, binary in base64),
and a poller that runs many times a second should cost little.
"""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local.aws import ACCESS_KEY, REGION, SECRET_KEY

TTL_IDENTITY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
Key = tuple[tuple[str, str], ...]


class StreamRefused(RuntimeError):
    """The stream's API refused a call; the message is its answer."""


@dataclass
class Shard:
    """One shard and where the next read starts; no iterator: it is read to its end."""

    shard_id: str
    iterator: str | None
    last_sequence: str | None = None


@dataclass
class StreamReader:
    """A position in every shard of one stream, from its oldest record on."""

    endpoint: str
    stream_arn: str
    expired_keys: set[Key] = field(default_factory=set)
    shards: list[Shard] = field(default_factory=list)
    _pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=1, retries=False))

    def open(self) -> None:
        """Find shards that are new."""
        known = {shard.shard_id for shard in self.shards}
        description = self._call("DescribeStream", {"StreamArn": self.stream_arn})["StreamDescription"]
        for shard in description["Shards"]:
            if shard["ShardId"] not in known:
                iterator = self._iterator(shard["ShardId"], "TRIM_HORIZON")
                self.shards.append(Shard(shard["ShardId"], iterator))

    def read(self, shard: Shard, limit: int) -> list[dict[str, Any]]:
        """The next records of the shard, oldest first."""
        if shard.iterator is None:
            return []
        try:
            page = self._call("GetRecords", {"ShardIterator": shard.iterator, "Limit": min(limit, 1000)})
        except StreamRefused as refusal:
            if "ExpiredIterator" not in str(refusal):
                raise
            shard.iterator = self._resumed(shard)
            return []
        shard.iterator = page.get("NextShardIterator")
        records = [self._event_shape(record) for record in page["Records"]]
        if records:
            shard.last_sequence = records[-1]["dynamodb"]["SequenceNumber"]
        return records

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _resumed(self, shard: Shard) -> str:
        if shard.last_sequence is None:
            return self._iterator(shard.shard_id, "TRIM_HORIZON")
        return self._iterator(shard.shard_id, "AFTER_SEQUENCE_NUMBER", SequenceNumber=shard.last_sequence)

    def _iterator(self, shard_id: str, kind: str, **position: str) -> str:
        request = {"StreamArn": self.stream_arn, "ShardId": shard_id, "ShardIteratorType": kind, **position}
        return str(self._call("GetShardIterator", request)["ShardIterator"])

    def _event_shape(self, record: dict[str, Any]) -> dict[str, Any]:
        record["eventSourceARN"] = self.stream_arn
        if record["eventName"] == "REMOVE":
            key = key_of(record["dynamodb"]["Keys"])
            if key in self.expired_keys:
                self.expired_keys.discard(key)
                record["userIdentity"] = TTL_IDENTITY
        return record

    def _call(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        request = AWSRequest(
            "POST",
            self.endpoint + "/",
            data=json.dumps(body),
            headers={
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": f"DynamoDBStreams_20120810.{operation}",
            },
        )
        SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "dynamodb", REGION).add_auth(request)
        url, headers = f"{self.endpoint}/", dict(request.headers)
        response = self._pool.request("POST", url, body=request.data, headers=headers)
        if response.status != HTTPStatus.OK:
            raise StreamRefused(f"{operation}: {response.status} {response.data.decode(errors='replace')}")
        answer: dict[str, Any] = json.loads(response.data)
        return answer


def key_of(attributes: dict[str, dict[str, str]]) -> Key:
    """A primary key, comparable."""
    return tuple(sorted((name, json.dumps(value, sort_keys=True)) for name, value in attributes.items()))
