"""The values of a model in people's words and units: points, days, conditions."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from leadlight.model.structs import STAGES, AccountRule, Decay, Limit, Segment, StageCondition
from leadlight.signals import Condition


def said(field: str, value: Any) -> str:  # noqa: C901 - one case for each kind of value
    """A field's value as a person would write it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _UNITS.get(field, str)(value)
    if isinstance(value, tuple) and field == "points":
        return _by_stage(value)
    match value:
        case None | () | "":
            return "none"
        case Limit():
            return f"{value.count} a day" if value.days == 1 else f"{value.count} in {value.days} days"
        case Decay():
            return _decay(value)
        case Condition():
            return condition(value)
        case StageCondition():
            return f"{value.signal} {value.at_least} in {days(value.days)}"
        case Segment():
            return value.id
        case AccountRule():
            return "the best lead" if value.score == "max" else f"all leads, each next one at {value.next} %"
        case msgspec.Struct():
            return ", ".join(f"{name} {said(name, part)}" for name, part in given(value).items())
        case tuple():
            return ", ".join(said("", part) for part in value)
    return str(value)


def points(thousandths: int) -> str:
    """Points with as few decimals as it takes: 12, 12.5."""
    return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".")


def days(count: int) -> str:
    """`1 day`, `30 days`."""
    return f"{count:,} day" if count == 1 else f"{count:,} days"


def hours(count: int) -> str:
    """`1 hour`, `24 hours`."""
    return f"{count:,} hour" if count == 1 else f"{count:,} hours"


def condition(tested: Condition) -> str:
    """A condition: `at least 50, at most 1000`."""
    named = {name: value for name, value in given(tested).items() if name != "exists"}
    parts = [f"{name.replace('_', ' ')} {_plain(value)}" for name, value in named.items()]
    if tested.exists is not None:
        parts.append("is known" if tested.exists else "is unknown")
    return ", ".join(parts) or "anything"


def given(part: msgspec.Struct) -> dict[str, Any]:
    """The fields of a part that differ from what they are where nothing is said."""
    fields = msgspec.structs.fields(type(part))
    values = {field.name: getattr(part, field.name) for field in fields}
    return {field.name: values[field.name] for field in fields if values[field.name] != field.default}


def _by_stage(each: tuple[int, ...]) -> str:
    if len(set(each)) == 1:
        return points(each[0])
    return ", ".join(f"{points(one)} in {stage}" for one, stage in zip(each, STAGES, strict=True))


def _decay(decay: Decay) -> str:
    span = days(decay.days)
    kinds = {"half_life": f"halved every {span}", "linear": f"linear to nothing in {span}"}
    return kinds.get(decay.kind, f"whole for {span}, then nothing")


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


_UNITS: Mapping[str, Callable[[int], str]] = {
    "points": points,
    "cap": points,
    "caps": points,
    "window": days,
    "dwell": days,
    "cool_down": days,
    "engaged_within": days,
    "hand_off_hours": hours,
}
