"""YAML that people write, as checked documents; what is wrong is told by file, line and field."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from leadlight.model.document.finding import Finding, Where, by_line, field_of, found, line_of
from leadlight.model.document.mistakes import mistakes
from leadlight.model.document.values import Part

PartT = TypeVar("PartT", bound=Part)
_OURS = ("function-", "[key]")  # steps of the schema's own, not of the document


class InvalidDocument(Exception):
    """A document that can't be published; `problems` has one line each: `file:line: field: what to do`."""

    def __init__(self, problems: Iterable[str | Finding]) -> None:
        problems = list(problems)
        self.problems = [str(problem) for problem in problems]
        self.findings = [problem for problem in problems if isinstance(problem, Finding)]
        super().__init__("\n".join(self.problems))


def load(path: Path) -> Any:
    """The YAML of a file, with the line of each part.

    Raises:
        InvalidDocument: it is not YAML, or no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
        _plain_keys(YAML().compose(text), path)
        tree = YAML().load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = _said(getattr(error, "problem", None) or f"can't be read: {error}")
        raise InvalidDocument([Finding("error", path, mark.line + 1 if mark else 1, "YAML", problem)]) from error
    if not isinstance(tree, dict):
        raise InvalidDocument([Finding("error", path, 1, "YAML", "the document must be a mapping of keys to values")])
    return tree


def part(kind: type[PartT], tree: Any, path: Path) -> PartT:
    """The tree as a checked document of this kind.

    Raises:
        InvalidDocument: it is none.
    """
    try:
        return kind.model_validate(_plain(tree))
    except ValidationError as error:
        raise InvalidDocument(
            by_line(found("error", tree, path, _where(where), what) for where, what in mistakes(kind, error.errors()))
        ) from error


def place(tree: Any, path: Path, where: Sequence[str | int]) -> str:
    """Where a part of the document stands: `file:line: field`."""
    return f"{path}:{line_of(tree, where)}: {field_of(tree, where)}"


def _plain_keys(node: Node | None, path: Path) -> None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                line = key.start_mark.line + 1
                raise InvalidDocument([Finding("error", path, line, "YAML", "a key is text, not a list or a mapping")])
            _plain_keys(value, path)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            _plain_keys(value, path)


def _said(problem: str) -> str:
    twice = re.match(r'found duplicate key "([^"]*)"', problem)
    return f"{twice[1]} is given twice; keep one" if twice else problem


def _where(steps: Sequence[str | int]) -> Where:
    return tuple(step for step in steps if not (isinstance(step, str) and step.startswith(_OURS)))


def _plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {str(key): _plain(value) for key, value in tree.items()}
    return [_plain(value) for value in tree] if isinstance(tree, list) else tree
