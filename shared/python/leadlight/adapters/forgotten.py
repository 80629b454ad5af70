import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from leadlight.activity.order_key import timestamp
from leadlight.adapters.clients import batch_delete, batch_write, call, client
from leadlight.adapters.fact_items import Item
from leadlight.forgotten import Begun, Forgetting
from leadlight.ports import Conflict, Unavailable

_LEAD, _TODO = "lead", "todo"


class KeyedForgotten:
    """Who was forgotten, in the records table: a hash of each lead's id, keyed with the stack's secret, and the time.

    Without the secret nobody can tell whether an address is among them.
    """

    def __init__(self, table: str, secret: str) -> None:
        self._table = table
        self._secret = secret
        self._client = client("dynamodb")

    def put(self, lead_ids: Sequence[str], at: datetime) -> None:
        """Notes that leads were forgotten."""
        noted = {"forgotten_at": {"S": timestamp(at)}}
        batch_write(self._client, self._table, [{**self._place(lead_id), **noted} for lead_id in lead_ids])

    def of(self, lead_id: str) -> Forgetting | None:
        """When a lead was forgotten, by a consistent read; None where it never was."""
        answer = call(self._client.get_item, TableName=self._table, Key=self._place(lead_id), ConsistentRead=True)
        item = answer.get("Item")
        return Forgetting(datetime.fromisoformat(item["forgotten_at"]["S"]), "returned" in item) if item else None

    def begin(self, begun: Begun) -> None:
        """Notes, under the leads that are asked for, which leads go with them."""
        noted = {"asked": _list(begun.asked), "lead_ids": _list(begun.lead_ids)}
        batch_write(self._client, self._table, [{**self._place(each, _TODO), **noted} for each in begun.asked])

    def begun(self, lead_id: str) -> Begun:
        """What was begun for a lead and is not done, by a consistent read; empty where nothing is."""
        place = self._place(lead_id, _TODO)
        item = call(self._client.get_item, TableName=self._table, Key=place, ConsistentRead=True).get("Item", {})
        return Begun(*([each["S"] for each in item.get(name, {}).get("L", [])] for name in ("asked", "lead_ids")))

    def end(self, asked: Sequence[str]) -> None:
        """Notes that a forgetting is done."""
        batch_delete(self._client, self._table, [self._place(each, _TODO) for each in asked])

    def lift(self, lead_id: str, forgetting: Forgetting) -> None:
        """Notes that a lead came back with consent; of a lead that was forgotten again meanwhile, nothing."""
        try:
            call(
                self._client.update_item,
                TableName=self._table,
                Key=self._place(lead_id),
                UpdateExpression="SET returned = :yes",
                ConditionExpression="forgotten_at = :at",
                ExpressionAttributeValues={":yes": {"BOOL": True}, ":at": {"S": timestamp(forgetting.at)}},
            )
        except Conflict:
            raise Unavailable("the lead was forgotten again meanwhile") from None

    def _place(self, lead_id: str, sort: str = _LEAD) -> Item:
        name = hmac.new(self._key, lead_id.encode(), hashlib.sha256).hexdigest()
        return {"pk": {"S": f"forgotten#{name}"}, "sk": {"S": sort}}

    @cached_property
    def _key(self) -> bytes:
        """Asked once: another key would forget who was forgotten, so it never changes."""
        return str(call(client("secretsmanager").get_secret_value, SecretId=self._secret)["SecretString"]).encode()


def _list(lead_ids: Sequence[str]) -> dict[str, Any]:
    return {"L": [{"S": lead_id} for lead_id in lead_ids]}
