"""What is different between two scoring models, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from leadlight.model.structs import Model
from leadlight.scoring.words import given, said

# Where the document, or a person, says it in another way than the published model.
_FIELDS = {"condition": "when", "source": "from", "hand_off_hours": "hand-off due in", "score_below": "score below"}


class Change(NamedTuple):
    """One thing that differs; `before` and `after` are in people's units.

    `part` is a section of the model (`signals`, `lifecycle`, `caps`), `name` an entry of it, `field` what differs
    there. What was added has no `before`, what was removed no `after`: the other holds all that it says.
    """

    part: str
    name: str
    field: str
    before: str | None
    after: str | None
    label: str = ""

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """What happened to it."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def words(self) -> str:
        """The change as one would say it."""
        name = f"{self.name} ({self.label})" if self.label else self.name
        subject = " ".join(word for word in (self.part.replace("_", " "), name) if word)
        if self.kind == "changed":
            field = f"{_FIELDS.get(self.field) or self.field.replace('_', ' ')} " if self.field else ""
            return f"{subject}: {field}from {self.before} to {self.after}"
        return f"{subject} {self.kind}: {self.after if self.before is None else self.before}"


def diff(before: Model, after: Model) -> tuple[Change, ...]:
    """Every difference, in the order of a model's sections."""
    return tuple(
        change
        for field in msgspec.structs.fields(Model)
        for change in _section(field.name, getattr(before, field.name), getattr(after, field.name))
    )


def _section(part: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, Mapping):
        yield from _entries(part, _flat(before), _flat(after))
    elif _named(before) and _named(after):
        old, new = _by_name(before), _by_name(after)
        yield from _entries(part, old, new)
        both = [[name for name in names if name in old and name in new] for names in (old, new)]
        if both[0] != both[1] and part in ("lifecycle", "campaigns"):  # for these the first that fits counts
            yield Change(part, "", "order", ", ".join(both[0]), ", ".join(both[1]))
    elif before != after:
        yield Change("model", "", part, said(part, before), said(part, after))


def _entries(part: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if name not in after:
            yield Change(part, name, "", _whole(part, old), None, _label(old))
        elif name not in before:
            yield Change(part, name, "", None, _whole(part, new), _label(new))
        elif old != new:
            yield from _fields(part, name, old, new)


def _fields(part: str, name: str, old: Any, new: Any) -> Iterator[Change]:
    if not isinstance(old, msgspec.Struct):
        yield Change(part, name, "", said(part, old), said(part, new))
        return
    for field in type(old).__struct_fields__:
        values = getattr(old, field), getattr(new, field)
        if values[0] != values[1]:
            yield Change(part, name, field, said(field, values[0]), said(field, values[1]), _label(new))


def _whole(part: str, value: Any) -> str:
    """All that an entry says, but its name."""
    if not isinstance(value, msgspec.Struct):
        return said(part, value)
    said_elsewhere = ("id", "label", "title", "enter")
    rest = {name: field for name, field in given(value).items() if name not in said_elsewhere}
    return ", ".join(
        f"{_FIELDS.get(name) or name.replace('_', ' ')} {said(name, field)}" for name, field in rest.items()
    )


def _flat(sections: Mapping[Any, Any]) -> dict[str, Any]:
    """A mapping by names; what is nested has names of several words: `decision fit`."""
    flat: dict[str, Any] = {}
    for name, value in sections.items():
        if isinstance(value, Mapping):
            flat |= {f"{name} {inner}": part for inner, part in _flat(value).items()}
        elif value != ():
            flat[str(name)] = value
    return flat


def _named(parts: Any) -> bool:
    return isinstance(parts, tuple) and all(isinstance(part, msgspec.Struct) for part in parts)


def _by_name(parts: tuple[Any, ...]) -> dict[str, Any]:
    """The parts by id; lifecycle rules by the stage that they enter, and by their place where that is taken."""
    found: dict[str, Any] = {}
    for part in parts:
        name = part.id if hasattr(part, "id") else part.enter
        again = sum(other == name or other.startswith(f"{name} #") for other in found)
        found[f"{name} #{again + 1}" if again else name] = part
    return found


def _label(part: Any) -> str:
    return getattr(part, "label", "") or getattr(part, "title", "") if isinstance(part, msgspec.Struct) else ""
