"""The mapping file: which column of a CSV file says what."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from leadlight.activity import Scalar
from leadlight.activity.fact import REQUIRED_PROPERTIES
from leadlight.model.document import InvalidDocument
from leadlight.model.document.tree import load, part, place
from leadlight.model.document.values import Part

Kind = Literal["leads", "deals"]
Where = tuple[str | int, ...]
Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Cell:
    """A column's value in each row; or, where there is no column, one value for all of them."""

    column: str | None = None
    value: Scalar | None = None


def _cell(given: Any) -> Cell:
    if isinstance(given, str) and given:
        return Cell(column=given)
    if isinstance(given, dict) and list(given) == ["value"] and isinstance(given["value"], str | int | float):
        return Cell(value=given["value"])
    raise ValueError(f"write the name of a column, or {{value: ...}} for the same value in each row, found {given!r}")


def _columns(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _time(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


AnyCell = Annotated[Cell, BeforeValidator(_cell)]


class TimePart(Part):
    """The column of the time; `format` where it is not ISO 8601, as Python's strptime reads it."""

    column: Text
    format: Text | None = None


class LeadPart(Part):
    """The identities of a row's lead."""

    email: AnyCell | None = None
    user_id: AnyCell | None = None
    anonymous_id: AnyCell | None = None
    ids: dict[Text, AnyCell] = Field(default_factory=dict)


class Mapping(Part):
    """What a row of a CSV file says."""

    source: Text
    id: Annotated[list[Text], BeforeValidator(_columns), Field(min_length=1)]
    time: Annotated[TimePart, BeforeValidator(_time)] | None = None
    type: Literal["lead_identified", "deal_opened", "deal_won", "deal_lost"] | None = None
    lead: LeadPart
    traits: dict[Text, AnyCell] = Field(default_factory=dict)
    properties: dict[Text, AnyCell] = Field(default_factory=dict)

    def activity_type(self, kind: Kind) -> str:
        """The type of each row's activity."""
        return self.type or ("lead_identified" if kind == "leads" else "deal_won")


def read_mapping(path: Path, *, kind: Kind, columns: Sequence[str], file: str) -> Mapping:
    """The mapping in a YAML file, for a CSV file of these columns.

    Raises:
        InvalidDocument: it is no mapping for leads or deals, or names a column that the file does not have.
    """
    tree = load(path)
    mapping = part(Mapping, tree, path)
    problems = [
        f"{place(tree, path, where)}: {_unknown(column, columns, file)}"
        for where, column in _used(mapping)
        if column not in columns
    ]
    problems += [f"{place(tree, path, where)}: {what}" for where, what in _misfits(mapping, kind)]
    if problems:
        raise InvalidDocument(problems)
    return mapping


def _used(mapping: Mapping) -> Iterator[tuple[Where, str]]:
    for column in mapping.id:
        yield ("id",), column
    if mapping.time:
        yield ("time",), mapping.time.column
    groups: list[tuple[Where, dict[str, Cell]]] = [
        (("lead",), {name: cell for name, cell in mapping.lead if isinstance(cell, Cell)}),
        (("lead", "ids"), mapping.lead.ids),
        (("traits",), mapping.traits),
        (("properties",), mapping.properties),
    ]
    for where, cells in groups:
        for name, cell in cells.items():
            if cell.column is not None:
                yield (*where, name), cell.column


def _misfits(mapping: Mapping, kind: Kind) -> Iterator[tuple[Where, str]]:
    """What the schema can't say: leads and deals need different things."""
    activity_type = mapping.activity_type(kind)
    if (activity_type == "lead_identified") != (kind == "leads"):
        fix = "lead_identified" if kind == "leads" else "one of deal_opened, deal_won, deal_lost"
        yield ("type",), f"`import {kind}` takes {fix}, found {activity_type}"
    if kind == "leads" and mapping.properties:
        yield ("properties",), "a lead has traits; only deals have properties"
    if kind == "deals":
        for name in REQUIRED_PROPERTIES["deal_won"]:
            if name not in mapping.properties:
                yield ("properties",), f"{name} is required: give the column that names the deal"
    if not (mapping.lead.ids or any(cell for _, cell in mapping.lead if isinstance(cell, Cell))):
        yield ("lead",), "name the lead: give email, user_id, anonymous_id or ids"


def _unknown(column: str, columns: Sequence[str], file: str) -> str:
    near = difflib.get_close_matches(column, columns, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"its columns: {', '.join(columns)}"
    return f"{file} has no column {column!r}; {hint}"
