"""Facts as items of the activities table, and back. Plain functions: the simulation uses them too."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from leadlight.activity import Fact, Identity, Kind
from leadlight.activity.fact import REQUIRED_PROPERTIES
from leadlight.activity.order_key import milliseconds, timestamp
from leadlight.ports import Stored

Item = dict[str, dict[str, Any]]
_MARGIN_DAYS = 7
_DAY_SECONDS = 86_400


class _Body(msgspec.Struct, frozen=True):
    source: str
    id: str
    type: str
    identities: list[tuple[str, str]]
    values: dict[str, str | int | float | bool]


def to_item(fact: Fact, *, retention_days: int) -> Item:
    """A fact in DynamoDB's typed form: a function of what happened, so that a second put changes nothing."""
    body = _Body(fact.source, fact.source_id, fact.type, list(fact.identities), dict(fact.values))
    item: Item = {
        "lead_id": {"S": fact.lead_id},
        "key": {"S": fact.key},
        "body": {"S": msgspec.json.encode(body, order="deterministic").decode()},
    }
    if fact.untimed:
        item["received_at"] = {"S": timestamp(fact.occurred_at)}
    if fact.backfill:
        item["backfill"] = {"BOOL": True}
    if fact.owner:
        item["epoch"] = {"N": str(fact.epoch)}
    if fact.kind is Kind.ACTIVITY:
        kept = (retention_days + _MARGIN_DAYS) * _DAY_SECONDS
        item["expires_at"] = {"N": str(milliseconds(fact.occurred_at) // 1000 + kept)}
    return item


def from_item(item: Mapping[str, Mapping[str, Any]]) -> Fact:
    """The fact that an item (or a stream record's image) holds.

    Raises:
        ValueError: the item is not a fact.
    """
    try:
        body = msgspec.json.decode(item["body"]["S"], type=_Body)
        for name in REQUIRED_PROPERTIES.get(body.type, ()):
            body.values[name]  # a KeyError where it lacks what its type needs
        head, second, _, *owner = item["key"]["S"].split("#")
        untimed = head == "untimed"
        return Fact(
            lead_id=item["lead_id"]["S"],
            kind=Kind(second if untimed else head),
            type=body.type,
            source=body.source,
            source_id=body.id,
            occurred_at=datetime.fromisoformat(item["received_at"]["S"] if untimed else second),
            identities=tuple(Identity(*identity) for identity in body.identities),
            values=body.values,
            untimed=untimed,
            backfill="backfill" in item,
            owner=owner[0] if owner else "",
            epoch=int(item["epoch"]["N"]) if owner else 0,
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"not a fact: {error}") from error


def stored(item: Mapping[str, Mapping[str, Any]]) -> Stored:
    """An item of the activities table, whatever it is."""
    return Stored(item["key"]["S"], next(readable([item]), None), str(item.get("body", {}).get("S", "")))


def readable(items: Iterable[Mapping[str, Mapping[str, Any]]]) -> Iterator[Fact]:
    """The facts among items. What is none became a failed event when the stream brought it."""
    for item in items:
        try:
            yield from_item(item)
        except ValueError:
            continue
