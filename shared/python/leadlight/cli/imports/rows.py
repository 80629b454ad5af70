"""The rows of a file as what the API takes: CloudEvents, and lines of spend."""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from leadlight import sources
from leadlight.activity import Scalar, strongest
from leadlight.activity.fact import RESERVED_TYPES
from leadlight.activity.order_key import timestamp
from leadlight.cli.imports.mapping import (
    TYPES,
    AccountPart,
    Cell,
    EventKind,
    LeadPart,
    Mapping,
    Named,
    SpendMapping,
    TimePart,
    TypePart,
)
from leadlight.cli.imports.tables import Table, Values
from leadlight.problems import Problem, UnknownType
from leadlight.signals import Catalogue
from leadlight.sources import cloudevents
from leadlight.sources.spend import spend_of

_EPOCH = datetime.fromtimestamp(0, UTC)
_WITH_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?")
_UNIX = {"unix": 1, "unix_ms": 1000}
Document = dict[str, Any]
Place = tuple[str, str]  # whose a row is, and its time
Render = Callable[[Values], tuple[Document, Place]]


class Refused(msgspec.Struct, frozen=True):
    """A row that was not recorded: its number (the header of a CSV file is row 1), why, and what it held."""

    row: int
    reason: str
    values: dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Row:
    """A row and what it states, as JSON; `place` is where it goes in an order that spares work."""

    number: int
    values: Values
    document: bytes
    place: Place = ("", "")


def stated(table: Table, render: Render) -> Iterator[Row | Refused]:
    """Every row as what it states, or why it is none. The same file and mapping give the same documents."""
    for number, values, wrong in table.read():
        try:
            if wrong:
                raise ValueError(wrong)  # noqa: TRY301
            document, place = render(values)
        except Problem as found:
            yield Refused(number, f"{found.field}: {found.detail}", dict(values))
        except ValueError as error:
            yield Refused(number, str(error), dict(values))
        else:
            yield Row(number, values, msgspec.json.encode(document), place)


def events(mapping: Mapping, *, kind: EventKind, catalogue: Catalogue | None = None) -> Render:
    """Renders a row as a CloudEvent; where the catalogue is known, an activity that it does not read is refused."""
    taken = TYPES.get(kind) or ((*catalogue.activity_types, *RESERVED_TYPES) if catalogue else ())

    def render(values: Values) -> tuple[Document, Place]:
        event = {"specversion": "1.0", **_named(values, mapping), "type": _type(values, mapping.type, taken)}
        if mapping.time:
            event["time"] = timestamp(_moment(values, mapping.time))
        data = {
            "lead": _identities(values, mapping.lead),
            "account": _company(values, mapping.account, named=kind != "accounts"),
            "traits": _filled(values, mapping.traits),
            "properties": _filled(values, mapping.properties),
        }
        event["data"] = {name: part for name, part in data.items() if part}
        activity = cloudevents.activity(event)
        # Whether it is too far ahead is for the receiver to say; all else can be told here.
        sources.checked(activity, now=activity.occurred_at or _EPOCH)
        whose = strongest(activity.identities or activity.account)
        return event, (":".join(whose or ()), event.get("time", ""))

    return render


def spend(mapping: SpendMapping) -> Render:
    """Renders a row as a line of spend."""

    def render(values: Values) -> tuple[Document, Place]:
        cells = {name: cell for name, cell in mapping if isinstance(cell, Cell)}
        day = _moment(values, mapping.time).date().isoformat()
        line = _named(values, mapping) | {"day": day} | _filled(values, cells)
        spend_of(line)
        return line, ("", "")

    return render


def _named(values: Values, mapping: Named) -> Document:
    return {"source": mapping.source, "id": ":".join(_required(values, column) for column in mapping.id)}


def _type(values: Values, given: TypePart, taken: Sequence[str]) -> str:
    """A row's activity type; `taken` are those that may be, any where it is empty."""
    word = _required(values, given.column) if given.column else given.value or ""
    found = given.types.get(word, word)
    if taken and found not in taken:
        near = difflib.get_close_matches(found, [*given.types, *taken], n=1)
        hint = f"did you mean {near[0]}?" if near else f"give one of {', '.join(taken)}"
        raise UnknownType(f"{found!r} is no activity type that is read here: {hint}", field="type")
    return found


def _identities(values: Values, part: LeadPart | AccountPart) -> Document:
    """Identities are text, whatever the file holds them as."""
    cells = {name: cell for name, cell in part if isinstance(cell, Cell)}
    found: Document = {name: text(value) for name, value in _filled(values, cells).items()}
    ids = {name: text(value) for name, value in _filled(values, part.ids).items()}
    return found | ({"ids": ids} if ids else {})


def _company(values: Values, part: AccountPart, *, named: bool) -> Document:
    """A row's account; `named`: where nothing names it in this row, its traits are nobody's."""
    found, traits = _identities(values, part), _filled(values, part.traits)
    return found | {"traits": traits} if traits and (found or not named) else found


def _filled(values: Values, cells: dict[str, Cell]) -> dict[str, Scalar]:
    """What the cells hold. An empty one is absent, not zero and not an empty text."""
    found = {name: _held(values, cell) for name, cell in cells.items()}
    return {name: value for name, value in found.items() if value is not None}


def _held(values: Values, cell: Cell) -> Scalar | None:
    if cell.column is None:
        return cell.value
    value = _value(values, cell.column)
    return _with_point(value, cell.column) if cell.comma and isinstance(value, str) else value


def _with_point(value: str, column: str) -> str:
    """A number that is written with a decimal comma, as everything else here reads it: 1.250,50 is 1250.50."""
    if not _WITH_COMMA.fullmatch(value):
        raise ValueError(
            f"{column} must be a number such as 1.250,50, found {value!r}: mend it, or take `decimal: comma` out of "
            "the mapping"
        )
    return value.replace(".", "").replace(",", ".")


def _value(values: Values, column: str) -> Scalar | None:
    value = values.get(column)
    return (value.strip() or None) if isinstance(value, str) else value


def text(value: Scalar) -> str:
    """A name or an id as text: tools that know no empty whole number write 42 as 42.0."""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _required(values: Values, column: str) -> str:
    value = _value(values, column)
    if value is None:
        raise ValueError(f"{column} is empty, and the mapping needs it")
    return text(value)


def _moment(values: Values, time: TimePart) -> datetime:
    value = _required(values, time.column)
    try:
        if per_second := _UNIX.get(time.format or ""):
            return datetime.fromtimestamp(float(value) / per_second, UTC)
        found = datetime.strptime(value, time.format) if time.format else datetime.fromisoformat(value)  # noqa: DTZ007
    except (ValueError, OverflowError, OSError) as error:
        form = f"of the format {time.format}" if time.format else "such as 2026-11-21 or 2026-11-21 19:24:00"
        raise ValueError(f"{time.column} must be a time {form}, found {value!r}") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
