"""The mapping file: what is wrong with it is told by line, with the fix."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from leadlight.cli.imports.commands import import_
from leadlight.cli.imports.mapping import (
    EventKind,
    Kind,
    Mapping,
    SpendMapping,
    read_mapping,
    read_spend_mapping,
    used,
)
from leadlight.model.document import InvalidDocument
from leadlight.model.document.tree import load, part

COLUMNS = ["mql_id", "seller_id", "first_contact_date", "origin", "email"]
LEADS = "source: import:olist\nid: mql_id\ntime: first_contact_date\nlead: {ids: {olist: mql_id}}\n"


def problems(tmp_path: Path, text: str, kind: EventKind = "leads") -> list[str]:
    path = tmp_path / "map.yaml"
    path.write_text(text)
    with pytest.raises(InvalidDocument) as found:
        read_mapping(path, kind=kind, columns=COLUMNS, file="leads.csv")
    return [problem.removeprefix(f"{path}:") for problem in found.value.problems]


def test_a_column_that_is_not_there_is_answered_with_the_nearest(tmp_path) -> None:
    """Wherever it is named."""
    text = "source: s\nid: [mql_id, seler_id]\ntime: first_contact\nlead:\n  email: mail\n  ids: {crm: mql}\ntraits: {lead_source: origins}\n"
    assert problems(tmp_path, text) == [
        "2: id: leads.csv has no column 'seler_id'; did you mean seller_id?",
        "3: time: leads.csv has no column 'first_contact'; did you mean first_contact_date?",
        "5: lead.email: leads.csv has no column 'mail'; did you mean email?",
        "6: lead.ids.crm: leads.csv has no column 'mql'; did you mean mql_id?",
        "7: traits.lead_source: leads.csv has no column 'origins'; did you mean origin?",
    ]


@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        ("id: mql_id\nlead: {email: email}\n", "leads", "source: is required"),
        (LEADS + "trait: {a: origin}\n", "leads", "5: trait: unknown key; did you mean traits?"),
        (LEADS + "traits: {a: {valeu: 1}}\n", "leads", "5: traits.a: write the name of a column, or {value: ...}"),
        (LEADS + "traits: {a: {column: origin, decimal: coma}}\n", "leads", "or {column: ..., decimal: comma} for numbers"),
        (LEADS + "traits: {a: {column: nope, decimal: comma}}\n", "leads", "5: traits.a: leads.csv has no column 'nope'"),
        (LEADS + "properties: {a: origin}\n", "leads", "leads and accounts have traits; only activities and deals have properties"),
        (LEADS + "type: deal_won\n", "leads", "`import leads` takes lead_identified, found deal_won"),
        (LEADS, "deals", "deal_id is required: give the column that names the deal"),
        (LEADS.replace("{ids: {olist: mql_id}}", "{}"), "leads", "name the lead: give email, user_id, anonymous_id or ids"),
        (LEADS + "type: won\nproperties: {deal_id: seller_id}\n", "deals", "`import deals` takes one of deal_won, deal_opened, deal_lost, found won"),
        ("- a\n", "leads", "the document must be a mapping of keys to values"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(tmp_path, text: str, kind: EventKind, problem: str) -> None:
    """One line, with what to do."""
    assert any(problem in line for line in problems(tmp_path, text, kind))


def shown() -> Iterator[tuple[str, Kind, str]]:
    """The mappings that help and the README show to start from."""
    for kind, command in import_.commands.items():
        text = (command.epilog or "").partition("explains it):\n")[2]
        yield f"import {kind} --help", cast("Kind", kind), textwrap.dedent(text)
    readme = (Path(__file__).parents[3] / "README.md").read_text().partition("### Importing history")[2]
    yield "README", "activities", readme.partition("```yaml\n")[2].partition("```")[0]


@pytest.mark.parametrize(("where", "kind", "text"), list(shown()), ids=lambda given: given if "import" in given else "")
def test_the_mappings_that_are_shown_are_mappings(tmp_path, where: str, kind: Kind, text: str) -> None:
    """Of a file that has the columns that they name."""
    path = tmp_path / "map.yaml"
    path.write_text(text)
    model = SpendMapping if kind == "spend" else Mapping
    columns = [column for _, column in used(part(model, load(path), path))]
    assert columns
    if kind == "spend":
        read_spend_mapping(path, columns=columns, file="x")
    else:
        read_mapping(path, kind=kind, columns=columns, file="x")
