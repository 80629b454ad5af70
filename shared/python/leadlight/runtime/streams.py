"""DynamoDB stream records, as a function gets them."""

from collections.abc import Mapping
from typing import Any

Record = Mapping[str, Any]
_TTL_PRINCIPAL = "dynamodb.amazonaws.com"


def expired_by_ttl(record: Record) -> bool:
    """Whether DynamoDB removed the item by TTL: that is no news of the lead."""
    return bool(record.get("userIdentity", {}).get("principalId") == _TTL_PRINCIPAL)


def sequence_number(record: Record) -> str:
    """The record's place in its shard."""
    return str(record["dynamodb"]["SequenceNumber"])


def lead_id(record: Record) -> str:
    """The lead that the record is about."""
    return str(record["dynamodb"]["Keys"]["lead_id"]["S"])


def partial_failure(records: list[Record], failed: set[str]) -> dict[str, Any]:
    """The answer that makes Lambda deliver again from the first failed record on."""
    first = next((sequence_number(record) for record in records if sequence_number(record) in failed), None)
    return {"batchItemFailures": [{"itemIdentifier": first}] if first else []}
