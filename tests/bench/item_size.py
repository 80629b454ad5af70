"""How large DynamoDB counts an item, and what reading and writing it costs, by its documentation.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
_INDEX_KEYS = ("rank_partition", "rank_key")
_TABLE_KEYS = ("lead_id", "item")


def size(item: Item) -> int:
    """Bytes: names and values; a number takes a byte for two digits, and one more."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def write_units(*versions: Item | None) -> int:
    """What a put, update or refused condition costs: whole KB of the larger of the item before and after."""
    return max([1, *(ceil(size(item) / 1024) for item in versions if item)])


def index_units(before: Item | None, after: Item | None) -> int:
    """What a keys-only index costs beside: nothing while its keys stay, else an entry removed and one put."""
    old, new = _entry(before), _entry(after)
    return 0 if old == new else sum(write_units(entry) for entry in (old, new) if entry)


def read_units(size: int, *, consistent: bool) -> float:
    """What one read of so many bytes costs; reading nothing costs the least unit."""
    return max(1, ceil(size / 4096)) * (1.0 if consistent else 0.5)


def _entry(item: Item | None) -> Item | None:
    if not item or any(name not in item for name in _INDEX_KEYS):
        return None
    return {name: item[name] for name in (*_TABLE_KEYS, *_INDEX_KEYS)}


def _value(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(str(content).encode())
        case "N":
            return _number(str(content))
        case "B":
            return len(bytes(content))
        case "M":
            return 3 + size(content) + len(content)
        case "L":
            return 3 + sum(map(_value, content)) + len(content)
        case _:
            return 1  # BOOL, NULL


def _number(text: str) -> int:
    digits = text.lstrip("-").replace(".", "").strip("0")
    return ceil(len(digits) / 2) + 1 + text.startswith("-")
