"""From a YAML file to a published document, or to errors that name the line and the fix."""

from pathlib import Path

from leadlight.activity.fact import RESERVED_TYPES
from leadlight.model.document.catalogue import CataloguePart
from leadlight.model.document.checks import checks
from leadlight.model.document.model import ModelPart
from leadlight.model.document.tree import InvalidDocument, load, part, place
from leadlight.model.structs import Documents, Model, encode
from leadlight.signals import Catalogue

_PACKAGE = Path(__file__).parents[2]
DEFAULT_MODEL = _PACKAGE / "model" / "default.yaml"
DEFAULT_CATALOGUE = _PACKAGE / "signals" / "default.yaml"
PUBLISHED = "published.json"


def read_catalogue(path: Path = DEFAULT_CATALOGUE) -> Catalogue:
    """The signal catalogue in a YAML file.

    Raises:
        InvalidDocument: it can't be published.
    """
    tree = load(path)
    catalogue = part(CataloguePart, tree, path).published()
    problems = [
        f"{place(tree, path, ('signals', index, 'activity'))}: {rule.activity} is a reserved type; it is no activity"
        for index, rule in enumerate(catalogue.signals)
        if rule.activity in RESERVED_TYPES
    ]
    if problems:
        raise InvalidDocument(problems)
    return catalogue


def read_model(path: Path = DEFAULT_MODEL, *, catalogue: Catalogue) -> Model:
    """The scoring model in a YAML file, over the signals of the catalogue.

    Raises:
        InvalidDocument: it can't be published.
    """
    tree = load(path)
    model = part(ModelPart, tree, path).published()
    problems = [f"{place(tree, path, where)}: {what}" for where, what in checks(model, catalogue)]
    if problems:
        raise InvalidDocument(problems)
    return model


def read_documents(model: Path = DEFAULT_MODEL, catalogue: Path = DEFAULT_CATALOGUE) -> Documents:
    """What a stack scores by, from the two files.

    Raises:
        InvalidDocument: one of them can't be published.
    """
    signals = read_catalogue(catalogue)
    return Documents(catalogue=signals, models=(read_model(model, catalogue=signals),))


def build_documents(package: Path, *, model: Path = DEFAULT_MODEL, catalogue: Path = DEFAULT_CATALOGUE) -> Path:
    """Writes the published form into a copy of the package; functions read nothing else. Returns its path."""
    target = package / "model" / PUBLISHED
    target.write_bytes(encode(read_documents(model, catalogue)))
    return target
