"""From YAML files to published documents, or to errors that name the line and the fix."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadlight.activity.fact import RESERVED_TYPES
from leadlight.model.document.catalogue import CataloguePart
from leadlight.model.document.checks import checks
from leadlight.model.document.finding import Finding, by_line, found
from leadlight.model.document.free_mail import free_mail_domains
from leadlight.model.document.model import ModelPart
from leadlight.model.document.tree import InvalidDocument, load, part
from leadlight.model.structs import MOST_MODELS, Documents, Model, encode
from leadlight.signals import Catalogue

_PACKAGE = Path(__file__).parents[2]
DEFAULT_MODEL = _PACKAGE / "model" / "default.yaml"
DEFAULT_CATALOGUE = _PACKAGE / "signals" / "default.yaml"
PUBLISHED = "published.json"


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A model with the file that says so."""

    path: Path
    tree: Any
    part: ModelPart
    model: Model


@dataclass(frozen=True, slots=True)
class ReadCatalogue:
    """A catalogue with the file that says so."""

    path: Path
    tree: Any
    catalogue: Catalogue


def open_catalogue(path: Path) -> ReadCatalogue:
    """The signal catalogue in a YAML file, with its places.

    Raises:
        InvalidDocument: it can't be published.
    """
    tree = load(path)
    catalogue = part(CataloguePart, tree, path).published()
    problems = [
        found(
            "error",
            tree,
            path,
            ("signals", index, "activity"),
            f"{rule.activity} is a reserved type: a fact of its own kind, which no signal reads",
        )
        for index, rule in enumerate(catalogue.signals)
        if rule.activity in RESERVED_TYPES
    ]
    if problems:
        raise InvalidDocument(problems)
    return ReadCatalogue(path, tree, catalogue)


def open_model(path: Path, catalogue: Catalogue) -> ReadModel:
    """The scoring model in a YAML file, with its places.

    Raises:
        InvalidDocument: it can't be published.
    """
    tree = load(path)
    document = part(ModelPart, tree, path)
    problems = [found("error", tree, path, where, what) for where, what in checks(document, catalogue)]
    if problems:
        raise InvalidDocument(by_line(problems))
    return ReadModel(path, tree, document, document.published())


def together(models: Sequence[ReadModel]) -> list[Finding]:
    """What is wrong with models that a stack has side by side."""
    problems: list[Finding] = []
    for index, each in enumerate(models):
        if index >= MOST_MODELS:
            text = f"a stack holds at most {MOST_MODELS} models, found {len(models)}"
            return [*problems, found("error", each.tree, each.path, ("model",), text)]
        first = next(other for other in models if other.model.id == each.model.id)
        if first is not each:
            text = f"{each.model.id} is taken by {first.path}; every model needs a name of its own"
            problems.append(found("error", each.tree, each.path, ("model",), text))
    last = models[-1]
    for each in models[:-1]:
        if "accounts" in each.part.model_fields_set and each.model.accounts != last.model.accounts:
            text = f"an account has leads of every model; the last one scores it: say this in {last.path}"
            problems.append(found("error", each.tree, each.path, ("accounts",), text))
    if last.model.audience:
        text = "the last model is for everybody else: take its audience away, or give a model without one last"
        problems.append(found("error", last.tree, last.path, ("audience",), text))
    return problems


def read_catalogue(path: Path = DEFAULT_CATALOGUE) -> Catalogue:
    """The signal catalogue in a YAML file.

    Raises:
        InvalidDocument: it can't be published.
    """
    return open_catalogue(path).catalogue


def read_model(path: Path = DEFAULT_MODEL, *, catalogue: Catalogue) -> Model:
    """The scoring model in a YAML file, over the signals of the catalogue.

    Raises:
        InvalidDocument: it can't be published.
    """
    return open_model(path, catalogue).model


def read_documents(models: Sequence[Path] = (DEFAULT_MODEL,), catalogue: Path = DEFAULT_CATALOGUE) -> Documents:
    """What a stack scores by: models in order of precedence, the last one for everybody, over one catalogue.

    A single model may have an audience, so that one can be tried by itself; it can't be published so.

    Raises:
        InvalidDocument: one of them can't be published, or not beside the others.
    """
    signals = read_catalogue(catalogue)
    opened = [open_model(path, signals) for path in models]
    problems = together(opened) if len(opened) > 1 else []
    if problems:
        raise InvalidDocument(problems)
    own = (domain.lower() for each in opened for domain in each.part.free_mail_domains)
    return Documents(
        catalogue=signals,
        models=tuple(each.model for each in opened),
        free_mail=frozenset((*free_mail_domains(), *own)),
    )


def build_documents(
    package: Path, *, models: Sequence[Path] = (DEFAULT_MODEL,), catalogue: Path = DEFAULT_CATALOGUE
) -> Path:
    """Writes the published form into a copy of the package; functions read nothing else. Returns its path.

    Raises:
        InvalidDocument: one of them can't be published, or not beside the others.
    """
    signals = read_catalogue(catalogue)
    problems = together([open_model(path, signals) for path in models])
    if problems:
        raise InvalidDocument(problems)
    target = package / "model" / PUBLISHED
    target.write_bytes(encode(read_documents(models, catalogue)))
    return target
