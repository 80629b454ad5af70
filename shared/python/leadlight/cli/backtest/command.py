import re
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import click

from leadlight.cli import options
from leadlight.cli.backtest.cases import Case, Part, Won, leaks, read_cases
from leadlight.cli.backtest.picture import picture
from leadlight.cli.backtest.view import view
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import examples
from leadlight.cli.imports.mapping import Mapping, read_mapping
from leadlight.cli.imports.tables import Table, read_table
from leadlight.cli.screen import print_json, screen
from leadlight.cli.validate import documents
from leadlight.model import Documents
from leadlight.model.document import InvalidDocument

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 3


class Share(click.ParamType[Fraction]):
    """A percentage such as 30%, between 0 and 100."""

    name = "percentage"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """The percentage as a fraction."""
        if isinstance(value, Fraction):
            return value
        found = re.fullmatch(r"(\d{1,2}(?:\.\d+)?) ?%", value)
        if not found or not float(found[1]):
            self.fail(f"{value!r} is no percentage between 0 and 100; write 30%", param, ctx)
        return Fraction(found[1]) / 100


class Split(NamedTuple):
    """What of the file to look at, and by which column it is ordered."""

    part: Part | None
    order: str | None


@click.command(
    epilog=examples(
        "backtest leads.csv --map leads.map.yaml --model model.yaml --won Status=Won --order created_at --oldest 70%",
        "backtest leads.csv --map leads.map.yaml --model model.yaml --won converted --newest 30% --sql 60% --json",
    )
)
@click.argument("file", type=_FILE, metavar="LEADS.csv")
@click.option("--map", "map_path", type=_FILE, required=True, metavar="MAP.yaml", help="Mapping, as for import leads.")
@options.model
@options.catalogue
@click.option(
    "--won",
    required=True,
    metavar="COLUMN[=VALUE]",
    help="The column that says whether a lead was won: yes or no, or the value that means it.",
)
@click.option("--order", metavar="COLUMN", help="Numbers or ISO times, oldest lowest; the mapping's time if not given.")
@click.option("--newest", type=Share(), metavar="P%", help="Look at the newest P% alone: to check a model.")
@click.option("--oldest", type=Share(), metavar="P%", help="Look at the oldest P% alone: to write a model.")
@click.option("--mql", type=Share(), metavar="P%", help="Share of MQLs to be won; if not given, twice the odds.")
@click.option("--sql", type=Share(), metavar="P%", help="Share of SQLs to be won; if not given, 4 times the odds.")
@options.as_json
@click.option("--skip-bad", is_flag=True, help="Exit with 0 even where rows could not be read.")
def backtest(  # noqa: PLR0913 - one per option
    *,
    file: Path,
    map_path: Path,
    model_path: Path,
    catalogue_path: Path,
    won: str,
    order: str | None,
    newest: Fraction | None,
    oldest: Fraction | None,
    mql: Fraction | None,
    sql: Fraction | None,
    as_json: bool,
    skip_bad: bool,
) -> None:
    """Hold a model's scores against what became of the leads.

    Each row of the file is one lead as it was, and whether it was won. Shows AUC (the chance that a won lead scores
    higher than one that was not), top-decile lift, win rates by score, the gains curve, and which thresholds for mql
    and sql history supports: the lowest scores from which, with 95 % confidence, enough leads were won.

    A column that is filled in after sales has spoken to the lead tells the outcome: leave it out of the mapping.
    Write the model on --oldest 70%, and look at --newest 30% once, at the end.
    """
    if newest is not None and oldest is not None:
        raise click.UsageError("give --newest or --oldest, not both")
    part = Part("newest", newest) if newest else Part("oldest", oldest) if oldest else None
    found, table = documents(model_path, catalogue_path), read_table(file)
    mapping, outcome = _mapping(map_path, table), _outcome(won, table)
    split = Split(part, _order(order, mapping, table) if part else None)
    _no_leak(found, mapping, outcome)
    read = read_cases(table, mapping, found, outcome, order=split.order)
    for row in read.refused[:_SHOWN]:
        click.echo(f"{file.name}: row {row.row}: {row.reason}", err=True)
    if read.outside:
        click.echo(f"{file.name}: {read.outside:,} leads are not of the model's audience, and left out", err=True)
    if not read.cases:
        raise OperatorError(f"{file.name}: none of {table.rows} rows can be used")
    kept = part.of(read.cases, split.order or "") if part else read.cases
    if not kept:
        raise OperatorError(f"{file.name}: that part of {len(read.cases)} rows is none of them; give a larger one")
    shown = view(found.model, kept, {"mql": mql, "sql": sql})
    title = f"{shown['model']} on {file.name}: {_words(split, kept)}"
    if as_json:
        print_json({"part": _part(split, kept), **shown, "outside": read.outside, "refused": len(read.refused)})
    else:
        screen().print(picture(shown, title=title))
    if read.refused and not skip_bad:
        click.echo(f"{len(read.refused)} rows could not be read; mend them, or give --skip-bad", err=True)
        sys.exit(1)


def _mapping(path: Path, table: Table) -> Mapping:
    try:
        return read_mapping(path, kind="leads", columns=table.columns, file=table.path.name)
    except InvalidDocument as error:
        raise OperatorError(f"the mapping does not fit\n{error}") from error


def _outcome(won: str, table: Table) -> Won:
    column, equals, value = won.partition("=")
    found = Won(won) if won in table.columns else Won(column.strip(), value if equals else None)
    return Won(_column("--won", found.column, table), found.value)


def _order(order: str | None, mapping: Mapping, table: Table) -> str:
    if order:
        return _column("--order", order, table)
    if mapping.time is None:
        raise click.UsageError("give --order COLUMN: the mapping has no time that says which leads are newest")
    return mapping.time.column


def _column(option: str, name: str, table: Table) -> str:
    if name not in table.columns:
        columns = ", ".join(filter(None, table.columns))
        raise OperatorError(f"{option}: {table.path.name} has no column {name!r}; its columns: {columns}")
    return name


def _no_leak(found: Documents, mapping: Mapping, outcome: Won) -> None:
    told = [name for name, cell in mapping.traits.items() if cell.column == outcome.column]
    if read := leaks(found, told):
        raise OperatorError(
            f"the model reads {read[0]}, which is the outcome itself ({outcome.column}): it proves nothing"
        )


def _words(split: Split, kept: list[Case]) -> str:
    if not split.part:
        return "all rows"
    share = f"{float(split.part.share * 100):g} %"
    return f"the {split.part.which} {share} by {split.order}, {_place(kept[0])} to {_place(kept[-1])}"


def _part(split: Split, kept: list[Case]) -> dict[str, Any] | None:
    if not split.part:
        return None
    return {
        "which": split.part.which,
        "share": float(split.part.share),
        "order": split.order,
        "from": _place(kept[0]),
        "to": _place(kept[-1]),
    }


def _place(case: Case) -> str:
    return f"{case.place:.15g}" if isinstance(case.place, float) else str(case.place)
