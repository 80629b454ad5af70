from collections.abc import Iterator, Mapping
from typing import Any

from leadlight.adapters.clients import call


def query(client: Any, table: str, lead_id: str, prefix: str = "") -> Iterator[Mapping[str, Any]]:
    """Everything of the activities table under a lead whose key begins with a prefix, by a consistent query."""
    condition: dict[str, Any] = {
        "KeyConditionExpression": "lead_id = :lead",
        "ExpressionAttributeValues": {":lead": {"S": lead_id}},
    }
    if prefix:
        condition["KeyConditionExpression"] += " AND begins_with(#key, :prefix)"
        condition["ExpressionAttributeNames"] = {"#key": "key"}
        condition["ExpressionAttributeValues"][":prefix"] = {"S": prefix}
    page: dict[str, Any] = {}
    while True:
        answer = call(client.query, TableName=table, ConsistentRead=True, **condition, **page)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
