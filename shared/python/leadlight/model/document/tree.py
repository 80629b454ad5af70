"""YAML that people write, as checked documents; what is wrong is told by file, line and field."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from leadlight.model.document.values import Part

PartT = TypeVar("PartT", bound=Part)


class InvalidDocument(Exception):
    """A document that can't be published; `problems` has one line each: `file:line: field: what to do`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path) -> Any:
    """The YAML of a file, with the line of each part.

    Raises:
        InvalidDocument: it is not YAML, or no mapping.
    """
    try:
        tree = YAML().load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or f"is no text in UTF-8: {error}"
        raise InvalidDocument([f"{path}:{mark.line + 1 if mark else 1}: YAML: {problem}"]) from error
    if not isinstance(tree, dict):
        raise InvalidDocument([f"{path}:1: the document must be a mapping of keys to values"])
    return tree


def part(kind: type[PartT], tree: Any, path: Path) -> PartT:
    """The tree as a checked document of this kind.

    Raises:
        InvalidDocument: it is none.
    """
    try:
        return kind.model_validate(_plain(tree))
    except ValidationError as error:
        problems = [f"{place(tree, path, problem['loc'])}: {_words(kind, problem)}" for problem in error.errors()]
        raise InvalidDocument(problems) from error


def place(tree: Any, path: Path, where: Sequence[str | int]) -> str:
    """Where a part of the document stands: `file:line: field`."""
    return f"{path}:{_line(tree, where)}: {_dotted(where)}"


def _plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {str(key): _plain(value) for key, value in tree.items()}
    return [_plain(value) for value in tree] if isinstance(tree, list) else tree


def _line(node: Any, where: Sequence[str | int]) -> int:
    line = 0
    for step in where:
        try:
            marks = node.lc
            line = (marks.key if isinstance(node, dict) else marks.item)(step)[0]
            node = node[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return int(line) + 1


def _dotted(where: Sequence[str | int]) -> str:
    return ".".join(str(step) for step in where if step not in ("function-after", "int")) or "document"


def _words(kind: type[Part], problem: Mapping[str, Any]) -> str:
    if problem["type"] == "extra_forbidden":
        allowed = _keys(kind, problem["loc"][:-1])
        near = difflib.get_close_matches(str(problem["loc"][-1]), allowed, n=1)
        return "unknown key" + (f"; did you mean {near[0]}?" if near else f"; allowed: {', '.join(allowed)}")
    if problem["type"] == "missing":
        return "is required"
    return str(problem["msg"]).removeprefix("Value error, ")


def _keys(kind: Any, where: Sequence[str | int]) -> list[str]:
    """The keys that the schema allows at a place, by walking its types."""
    for step in where:
        field = (
            next((f for name, f in kind.model_fields.items() if step in (name, f.alias)), None)
            if hasattr(kind, "model_fields")
            else None
        )
        annotation = field.annotation if field else kind
        kind = next(_parts(annotation), kind)
    return [field.alias or name for name, field in kind.model_fields.items()]


def _parts(annotation: Any) -> Iterator[Any]:
    if hasattr(annotation, "model_fields"):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)
