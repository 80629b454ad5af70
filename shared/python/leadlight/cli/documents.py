"""Commands on the documents that people write: new ones, their schema, their reference, edits."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from leadlight.cli import options
from leadlight.cli.errors import OperatorError
from leadlight.cli.help import examples
from leadlight.cli.validate import counted
from leadlight.model.document import Finding, edit, review
from leadlight.model.document.reference import reference_text
from leadlight.model.document.schema import KINDS, schema_text
from leadlight.model.document.starters import STARTERS, starter_text

_DOCUMENT = click.Path(exists=True, dir_okay=False, writable=True, path_type=Path)  # of `set`, which changes it


@click.command(epilog=examples("new self-serve --out model.yaml"))
@click.argument("kind", type=click.Choice(list(STARTERS)))
@click.option("--out", type=options.OutFile(), metavar="FILE", help="Where to write it, if not to standard output.")
def new(*, kind: str, out: Path | None) -> None:
    """Write a commented scoring model to start from.

    self-serve: a product that people try by themselves. sales-led: demos and contracts. marketplace: sellers who
    open a shop.
    """
    if out is None:
        click.echo(starter_text(kind), nl=False)
        return
    if out.exists():
        raise OperatorError(f"{out} is there already; give another --out, or move it away")
    out.write_text(starter_text(kind), encoding="utf-8")
    click.echo(f"{out}: a {kind} model; read it, change it, then: leadlight validate {out}")


@click.command(epilog=examples("schema model > model.schema.json"))
@click.argument("kind", type=click.Choice(list(KINDS)), default="model")
def schema(*, kind: str) -> None:
    """Print the JSON Schema of a document, with which an editor completes keys and shows what each means.

    Editors that speak to yaml-language-server take it from a model's first line:
    # yaml-language-server: $schema=model.schema.json
    """
    click.echo(schema_text(kind), nl=False)


@click.command(epilog=examples("reference", "reference | less"))
def reference() -> None:
    """Print the reference of the language: every key of models and catalogues, with an example."""
    click.echo(reference_text(), nl=False)


@click.command(
    name="set",
    epilog=examples("set model.yaml signals.pricing_page.points 9", "set model.yaml lifecycle.mql.score 50"),
)
@click.argument("model", type=_DOCUMENT, metavar="MODEL.yaml")
@click.argument("place", metavar="PATH")
@click.argument("value", metavar="VALUE")
@options.catalogue
def set_(*, model: Path, place: str, value: str, catalogue_path: Path) -> None:
    """Change one value of a scoring model; comments, order and all else in the file stay as they are.

    PATH names the value as `validate` does: parts of lists by their id. VALUE is YAML. What would make the model
    invalid is not written.
    """
    try:
        text = edit.edited(model.read_text(encoding="utf-8"), place, value)
    except edit.NoSuchPlaceError as error:
        raise OperatorError(f"{model} stays as it was: {error}") from error
    errors = _errors(text, catalogue_path)
    if errors:
        lines = "\n".join(str(error._replace(file=model)) for error in errors)
        raise OperatorError(f"{model} stays as it was: {counted(len(errors), 'problem')}\n{lines}")
    model.write_text(text, encoding="utf-8")
    click.echo(f"{model}: {place} is {value}")


def _errors(text: str, catalogue: Path) -> list[Finding]:
    with TemporaryDirectory() as folder:
        tried = Path(folder) / "model.yaml"
        tried.write_text(text, encoding="utf-8")
        return review([tried], catalogue).errors
