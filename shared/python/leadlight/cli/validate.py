import sys
from collections.abc import Sequence
from pathlib import Path

import click

from leadlight.cli import options
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import examples
from leadlight.model import Documents, Model
from leadlight.model.document import Finding, InvalidDocument, read_documents, review


def documents(model: Path, catalogue: Path) -> Documents:
    """The two documents; what is wrong with them goes to the operator."""
    try:
        return read_documents([model], catalogue)
    except InvalidDocument as error:
        raise OperatorError(f"{counted(len(error.problems), 'problem')}\n{error}") from error


def counted(count: int, what: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{count} {what}{'' if count == 1 else 's'}"


@click.command(
    epilog=examples("validate model.yaml --catalogue signals.yaml", "validate enterprise.yaml everybody.yaml --strict")
)
@click.argument(
    "models",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    nargs=-1,
    required=True,
    metavar="MODEL.yaml...",
)
@options.catalogue
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
def validate(*, models: tuple[Path, ...], catalogue_path: Path, strict: bool) -> None:
    """Check scoring models, and the signal catalogue that they read.

    Several models are checked as a stack has them side by side: in order of precedence, the last one for everybody.
    Prints OK with what was found, and a line for each problem (file:line: field: what to do), which ends in exit
    code 1, or warning: what is allowed and yet never has an effect, with the arithmetic.
    """
    found = review(models, catalogue_path)
    _show(found.errors, "problem")
    for model in found.models if not found.errors else ():
        click.echo(f"OK {model.name}: {_parts(model)}")
    _show(found.warnings, "warning")
    if found.errors or (strict and found.warnings):
        sys.exit(1)


def _show(findings: Sequence[Finding], what: str) -> None:
    if findings:
        click.echo(f"{counted(len(findings), what)}", err=True)
    for finding in findings:
        click.echo(str(finding), err=True)


def _parts(model: Model) -> str:
    counts = {
        "fit criteria": len(model.fit),
        "signal criteria": len(model.signals),
        "suppressions": len(model.suppress),
        "lifecycle rules": len(model.lifecycle),
        "segments": len(model.segments),
        "campaigns": len(model.campaigns),
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items())
