from collections.abc import Sequence
from typing import Any

from leadlight.adapters import account_items as items
from leadlight.adapters.clients import batch_write, call, client
from leadlight.ports import Conflict, Membership, Round
from leadlight.state.company import Told


class DynamoAccounts:
    """What the activities table holds of accounts and their leads. Each put and removal gives way to what is newer."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._client = client("dynamodb")

    def join(self, membership: Membership) -> None:
        """Stores a lead under its account."""
        self._put(items.membership_to_item(membership), "#version < :version")

    def leave(self, account_id: str, lead_id: str, *, version: int) -> None:
        """Removes a lead that joined as of this version or an earlier one."""
        try:
            call(
                self._client.delete_item,
                TableName=self._table,
                Key={"lead_id": {"S": account_id}, "key": {"S": items.member_key(lead_id)}},
                ConditionExpression="attribute_not_exists(lead_id) OR #version <= :version",
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues={":version": {"N": str(version)}},
            )
        except Conflict:
            return  # it came back since

    def members(self, account_id: str, *, after: str = "", limit: int) -> list[Membership]:
        """The next leads of an account in the order of their ids, by a consistent query."""
        answer = call(
            self._client.query,
            TableName=self._table,
            ConsistentRead=True,
            Limit=limit,
            KeyConditionExpression="lead_id = :account AND #key BETWEEN :first AND :last",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues={
                ":account": {"S": account_id},
                ":first": {"S": items.member_key(f"{after}!" if after else "")},
                ":last": {"S": items.member_key("~")},
            },
        )
        return [items.membership_from_item(item) for item in answer["Items"]]

    def tell(self, told: Sequence[tuple[str, Told]]) -> None:
        """Stores under leads what their account tells them."""
        found = [items.told_to_item(lead_id, each) for lead_id, each in told]
        if len(found) == 1:
            call(self._client.put_item, TableName=self._table, Item=found[0])
        elif found:
            batch_write(self._client, self._table, found)

    def go_on(self, given: Round) -> None:
        """Stores how far a round has come."""
        self._put(items.round_to_item(given), "#version < :version OR #version = :version AND #after < :after")

    def _put(self, item: dict[str, Any], newer: str) -> None:
        names = {f"#{name}": name for name in ("version", "after") if f"#{name}" in newer}
        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=item,
                ConditionExpression=f"attribute_not_exists(lead_id) OR {newer}",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={name.replace("#", ":"): item[names[name]] for name in names},
            )
        except Conflict:
            return  # what is stored is as new, or newer
