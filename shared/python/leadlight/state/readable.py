"""A fold as a person can read it: order keys as times, days as days; and where two folds differ."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import asdict, fields, replace

from leadlight.activity.order_key import day_text, milliseconds_of, moment_of, timestamp
from leadlight.state import codec
from leadlight.state.fold import Fold
from leadlight.state.lane import Lane

_KEY = 14


class Difference(NamedTuple):
    """A part of a fold (`signals demo_requested 2026-11-20`) as it is stored, and as it should be; None: absent."""

    part: str
    stored: Any
    rebuilt: Any


def readable(value: Any) -> Any:
    """A value of a fold in JSON's types: an order key is shown as its time, an empty one as None."""
    match value:
        case bytes():
            return timestamp(moment_of(milliseconds_of(value))) if len(value) == _KEY else value.hex() or None
        case Lane():
            return {"ring": readable(value.ring), "most": value.most, "floor": readable(value.floor)}
        case Mapping():
            return {str(name): readable(each) for name, each in sorted(value.items())}
        case set() | frozenset():
            return readable(sorted(value))
        case msgspec.Struct():
            return readable(asdict(value))
        case tuple() if hasattr(value, "_asdict"):
            return readable(value._asdict())
        case list() | tuple():
            return [readable(each) for each in value]
    return msgspec.to_builtins(value)


def parts(fold: Fold) -> dict[str, Any]:
    """Everything that a fold holds, by its parts' names."""
    told = {field.name: readable(getattr(fold, field.name)) for field in fields(fold)}
    told["pruned"] = day_text(fold.pruned) if fold.pruned >= 0 else None
    told["signals"] = {
        signal: {day_text(day): count for day, count in sorted(days.items())}
        for signal, days in sorted(fold.signals.items())
    }
    return told


def sizes(fold: Fold) -> dict[str, int]:
    """The bytes that each part takes: how much shorter the encoded fold is without it. `all` is the whole."""
    whole, empty = len(codec.encode(fold)), Fold()
    taken = {
        field.name: whole - len(codec.encode(replace(fold, **{field.name: getattr(empty, field.name)})))
        for field in fields(fold)
    }
    return {"all": whole, **taken}


def differences(stored: Fold, rebuilt: Fold) -> Iterator[Difference]:
    """Where two folds that should be one differ; none where their bytes are the same."""
    if codec.encode(stored) == codec.encode(rebuilt):
        return
    found = list(_between("", parts(stored), parts(rebuilt)))
    yield from found or [Difference("order keys", None, None)]  # of one moment, which a time does not tell apart


def _between(name: str, stored: Any, rebuilt: Any) -> Iterator[Difference]:
    if isinstance(stored, dict) and isinstance(rebuilt, dict):
        for key in sorted(stored.keys() | rebuilt.keys()):
            yield from _between(f"{name} {key}".strip(), stored.get(key), rebuilt.get(key))
    elif stored != rebuilt:
        yield Difference(name, stored, rebuilt)
