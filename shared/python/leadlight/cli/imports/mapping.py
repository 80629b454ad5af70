"""The mapping file: which column of a file says what."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from leadlight.activity import Scalar
from leadlight.activity.fact import REQUIRED_PROPERTIES
from leadlight.model.document import InvalidDocument
from leadlight.model.document.tree import load, part, place
from leadlight.model.document.values import Part

Kind = Literal["leads", "accounts", "activities", "deals", "spend"]
EventKind = Literal["leads", "accounts", "activities", "deals"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# The activity types of each kind, the one that a mapping need not name first; of activities, any.
TYPES: dict[Kind, tuple[str, ...]] = {
    "leads": ("lead_identified",),
    "accounts": ("account_identified",),
    "deals": ("deal_won", "deal_opened", "deal_lost"),
}
Where = tuple[str | int, ...]
Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Cell:
    """A column's value in each row; or, where there is no column, one value for all of them.

    `comma`: the column's numbers are written with a decimal comma, as 1.250,50.
    """

    column: str | None = None
    value: Scalar | None = None
    comma: bool = False


def _cell(given: Any) -> Cell:
    if isinstance(given, str) and given:
        return Cell(column=given)
    if isinstance(given, dict) and list(given) == ["value"] and isinstance(given["value"], str | int | float):
        return Cell(value=given["value"])
    match given:
        case {"column": str(column), "decimal": "comma", **rest} if column and not rest:
            return Cell(column=column, comma=True)
    raise ValueError(
        "write the name of a column, or {value: ...} for the same value in each row, or {column: ..., decimal: comma} "
        f"for numbers such as 1.250,50, found {given!r}"
    )


def _columns(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _time(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


def _type(given: Any) -> Any:
    return {"value": given} if isinstance(given, str) else given


AnyCell = Annotated[Cell, BeforeValidator(_cell)]
Cells = dict[Text, AnyCell]


class TimePart(Part):
    """The column of the time; `format` where it is not ISO 8601: as Python's strptime reads it, or unix, unix_ms."""

    column: Text
    format: Text | None = None


class TypePart(Part):
    """The activity type: one for all rows, or a column's; `types` translates those of the file's words that differ."""

    value: Text | None = None
    column: Text | None = None
    types: dict[Text, Text] = Field(default_factory=dict)


class LeadPart(Part):
    """The identities of a row's lead."""

    email: AnyCell | None = None
    user_id: AnyCell | None = None
    anonymous_id: AnyCell | None = None
    ids: Cells = Field(default_factory=dict)


class AccountPart(Part):
    """A row's account: its domain, the product's own id, other tools' ids of it, and what is known of it."""

    domain: AnyCell | None = None
    id: AnyCell | None = None
    ids: Cells = Field(default_factory=dict)
    traits: Cells = Field(default_factory=dict)


class Named(Part):
    """What names a row for good, and its time."""

    source: Text
    id: Annotated[list[Text], BeforeValidator(_columns), Field(min_length=1)]
    time: Annotated[TimePart, BeforeValidator(_time)] | None = None


class Mapping(Named):
    """What a row says of a lead or an account."""

    type: Annotated[TypePart, BeforeValidator(_type)] = Field(default_factory=TypePart)
    lead: LeadPart = Field(default_factory=LeadPart)
    account: AccountPart = Field(default_factory=AccountPart)
    traits: Cells = Field(default_factory=dict)
    properties: Cells = Field(default_factory=dict)


class SpendMapping(Named):
    """What a row says of spend; its time is the day."""

    time: Annotated[TimePart, BeforeValidator(_time)]
    channel: AnyCell
    campaign: AnyCell | None = None
    amount: AnyCell
    currency: AnyCell


def read_mapping(path: Path, *, kind: EventKind, columns: Sequence[str], file: str) -> Mapping:
    """The mapping in a YAML file, for a file of these columns.

    Raises:
        InvalidDocument: it is no mapping for this kind, or names a column that the file does not have.
    """
    tree = load(path)
    mapping = part(Mapping, tree, path)
    if not mapping.type.column and not mapping.type.value and kind in TYPES:
        mapping = mapping.model_copy(update={"type": TypePart(value=TYPES[kind][0])})
    _check(tree, path, mapping, columns, file, _misfits(mapping, kind))
    return mapping


def read_spend_mapping(path: Path, *, columns: Sequence[str], file: str) -> SpendMapping:
    """The same for spend."""
    tree = load(path)
    mapping = part(SpendMapping, tree, path)
    _check(tree, path, mapping, columns, file, ())
    return mapping


def _check(  # noqa: PLR0913, PLR0917 - what is told needs all of it
    tree: Any, path: Path, mapping: Part, columns: Sequence[str], file: str, misfits: Iterable[tuple[Where, str]]
) -> None:
    problems = [
        f"{place(tree, path, where)}: {_unknown(column, columns, file)}"
        for where, column in used(mapping)
        if column not in columns
    ]
    problems += [f"{place(tree, path, where)}: {what}" for where, what in misfits]
    if problems:
        raise InvalidDocument(problems)


def used(mapping: Part, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """Each column that a mapping names, and where in the document."""
    for name, given in mapping:
        match given:
            case TimePart(column=str(column)) | TypePart(column=str(column)) | Cell(column=str(column)):
                yield (*where, name), column
            case Part():
                yield from used(given, (*where, name))
            case list():
                yield from (((*where, name), column) for column in given)
            case dict():
                cells = {key: cell.column for key, cell in given.items() if isinstance(cell, Cell)}
                yield from (((*where, name, key), column) for key, column in cells.items() if column is not None)


def _misfits(mapping: Mapping, kind: EventKind) -> Iterator[tuple[Where, str]]:
    """What the schema can't say: each kind needs something else."""
    yield from _mistyped(mapping.type, kind)
    if kind in ("leads", "accounts") and mapping.properties:
        yield ("properties",), "leads and accounts have traits; only activities and deals have properties"
    if kind == "deals":
        for name in REQUIRED_PROPERTIES["deal_won"]:
            if name not in mapping.properties:
                yield ("properties",), f"{name} is required: give the column that names the deal"
    if kind != "accounts":
        if not _names(mapping.lead):
            yield ("lead",), "name the lead: give email, user_id, anonymous_id or ids"
        return
    if not _names(mapping.account):
        yield ("account",), "name the account: give domain, id or ids"
    for name, given in (("lead", _names(mapping.lead)), ("traits", mapping.traits)):
        if given:
            yield (name,), "a row of accounts is of no lead: what is known of the account stands in account.traits"


def _names(part: LeadPart | AccountPart) -> bool:
    return bool(part.ids or any(cell for _, cell in part if isinstance(cell, Cell)))


def _mistyped(given: TypePart, kind: EventKind) -> Iterator[tuple[Where, str]]:
    allowed = TYPES.get(kind, ())
    if bool(given.value) == bool(given.column):
        yield ("type",), "name the activity type, or {column: ..., types: {word of the file: activity type}}"
    if given.types and not given.column:
        yield ("type", "types"), "says what a column's words mean: give the column"
    for where, name in ((("type",), given.value), *((("type", "types", word), to) for word, to in given.types.items())):
        if name and allowed and name not in allowed:
            fix = allowed[0] if len(allowed) == 1 else "one of " + ", ".join(allowed)
            yield where, f"`import {kind}` takes {fix}, found {name}"


def _unknown(column: str, columns: Sequence[str], file: str) -> str:
    near = difflib.get_close_matches(column, columns, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"its columns: {', '.join(columns)}"
    return f"{file} has no column {column!r}; {hint}"
