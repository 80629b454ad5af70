"""DynamoDB's time to live: deletes what is due and marks the stream records as DynamoDB's own.

The emulator deletes without stream records (and, for a table of a template, not at all); a mapping that must
tell expiry from deletion needs them.
"""

from collections.abc import Sequence

from infra.local.aws import Clients
from infra.local.stream_reader import StreamReader, key_of


def expire_items(clients: Clients, table: str, attribute: str, readers: Sequence[StreamReader], *, now: float) -> int:
    """Delete the table's items whose `attribute` is at or before `now` (epoch seconds); how many there were."""
    dynamodb = clients("dynamodb")
    keys = [key["AttributeName"] for key in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="#expires <= :now",
        ExpressionAttributeNames={"#expires": attribute},
        ExpressionAttributeValues={":now": {"N": str(int(now))}},
    )
    due = [{name: item[name] for name in keys} for page in pages for item in page["Items"]]
    for key in due:
        for reader in readers:
            reader.expired_keys.add(key_of(key))
        dynamodb.delete_item(TableName=table, Key=key)
    return len(due)
