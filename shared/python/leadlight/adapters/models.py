import hashlib
import time
import zlib
from collections.abc import Callable
from typing import Any

import msgspec

from leadlight.adapters.clients import batch_write, call, client
from leadlight.adapters.fact_items import Item
from leadlight.model import Documents, decode, encode
from leadlight.ports import Unavailable
from leadlight.releases import Published, Release, Version

_PLACE = "models"
_RELEASE, _VERSION = "release#", "version#"
_PART = 300_000  # bytes of an item; DynamoDB takes 400 KB
_FIRST = Release(0, 0)


class StoredModels:
    """Published documents, in the records table: small items that say which, and the documents, compressed, in parts.

    What is in force is asked for at most every `kept_seconds`. A function that was told may go by it until then, and
    to the end of its invocation: a publish waits that long before it rescores anybody, so nothing that was scored by
    the old documents is saved behind its back. The time is the clock's, since a sandbox that sleeps stops the others.
    """

    def __init__(
        self,
        table: str,
        *,
        shipped: Callable[[], Documents],
        kept_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._table = table
        self._client = client("dynamodb")
        self._shipped = shipped
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._held: Published | None = None
        self._until = 0.0

    def published(self) -> Published:
        """What is in force, or was some seconds ago."""
        now = self._clock()
        if self._held is None or not self._until - self._kept_seconds <= now < self._until:
            self._held = self._asked(self.latest())
            self._until = now + self._kept_seconds
        return self._held

    def latest(self) -> Release:
        """The release in force, by a consistent query; number 0, version 0: what came with the layer."""
        found = self._query(_PLACE, _RELEASE, newest=True)
        return msgspec.json.decode(found[0]["body"]["S"], type=Release) if found else _FIRST

    def releases(self) -> list[Release]:
        """All releases but number 0, oldest first."""
        found = (msgspec.json.decode(item["body"]["S"], type=Release) for item in self._query(_PLACE, _RELEASE))
        return [release for release in found if release.number]

    def versions(self) -> list[Version]:
        """All versions, oldest first."""
        return [msgspec.json.decode(item["body"]["S"], type=Version) for item in self._query(_PLACE, _VERSION)]

    def publish(self, release: Release) -> None:
        """Puts a release in force; raises Conflict where its number is taken."""
        self._put_first(f"{_RELEASE}{release.number:06d}", release)

    def draft(self, version: Version, documents: Documents) -> None:
        """Stores documents as a version; raises Conflict where its number is taken."""
        packed = zlib.compress(encode(documents), 9)
        parts = [packed[start : start + _PART] for start in range(0, len(packed), _PART)]
        place = {"pk": {"S": _place_of(version.digest)}}
        items = [{**place, "sk": {"S": f"{n:03d}"}, "data": {"B": part}} for n, part in enumerate(parts)]
        batch_write(self._client, self._table, items)
        self._put_first(f"{_VERSION}{version.version:06d}", version)

    def documents(self, version: Version) -> Documents:
        """The documents of a version."""
        packed = b"".join(item["data"]["B"] for item in self._query(_place_of(version.digest), ""))
        raw = zlib.decompress(packed)
        if digest_of(raw) != version.digest:
            raise Unavailable(f"version {version.version} is not all there")
        return decode(raw)

    def shipped(self) -> Documents:
        """The documents that came with the layer: version 0."""
        return self._shipped()

    def _asked(self, release: Release) -> Published:
        if self._held and self._held.release == release:
            return self._held
        documents = self._documents_of(release.version)
        return Published(release, documents)

    def _documents_of(self, number: int) -> Documents:
        if not number:
            return self._shipped()
        found = self._query(_PLACE, f"{_VERSION}{number:06d}")
        return self.documents(msgspec.json.decode(found[0]["body"]["S"], type=Version))

    def _put_first(self, sort: str, body: Any) -> None:
        call(
            self._client.put_item,
            TableName=self._table,
            Item={"pk": {"S": _PLACE}, "sk": {"S": sort}, "body": {"S": msgspec.json.encode(body).decode()}},
            ConditionExpression="attribute_not_exists(pk)",
        )

    def _query(self, pk: str, prefix: str, *, newest: bool = False) -> list[Item]:
        condition: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
        }
        if prefix:
            condition["KeyConditionExpression"] += " AND begins_with(sk, :prefix)"
            condition["ExpressionAttributeValues"][":prefix"] = {"S": prefix}
        if newest:
            condition |= {"ScanIndexForward": False, "Limit": 1}
        found: list[Item] = []
        page: dict[str, Any] = {}
        while True:
            answer = call(self._client.query, TableName=self._table, ConsistentRead=True, **condition, **page)
            found += answer["Items"]
            if newest or "LastEvaluatedKey" not in answer:
                return found
            page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def digest_of(raw: bytes) -> str:
    """What names a content."""
    return hashlib.sha256(raw).hexdigest()[:32]


def _place_of(digest: str) -> str:
    return f"model#{digest}"
