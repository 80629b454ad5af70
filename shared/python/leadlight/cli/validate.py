from pathlib import Path

import click

from leadlight.cli import options
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import examples
from leadlight.model import Documents
from leadlight.model.document import InvalidDocument, read_documents


def documents(model: Path, catalogue: Path) -> Documents:
    """The two documents; what is wrong with them goes to the operator."""
    try:
        return read_documents(model, catalogue)
    except InvalidDocument as error:
        count = len(error.problems)
        raise OperatorError(f"{count} {'problem' if count == 1 else 'problems'}\n{error}") from error


@click.command(epilog=examples("validate model.yaml --catalogue signals.yaml"))
@click.argument("model_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="MODEL.yaml")
@options.catalogue
def validate(model_path: Path, catalogue_path: Path) -> None:
    """Check a scoring model, and the signal catalogue that it reads.

    Prints OK with what was found, or one line per problem (file:line: field: what to do) and exits with 1.
    """
    found = documents(model_path, catalogue_path)
    model = found.model
    counts = {
        "fit criteria": len(model.fit),
        "signal criteria": len(model.signals),
        "lifecycle rules": len(model.lifecycle),
        "campaigns": len(model.campaigns),
        "signals in the catalogue": len({rule.signal for rule in found.catalogue.signals}),
    }
    parts = ", ".join(f"{count} {name}" for name, count in counts.items())
    click.echo(f"OK {model.id}@{model.version}: {parts}")
