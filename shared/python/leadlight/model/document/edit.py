"""Edits of documents that people write: one value changes, and nothing else in the file does."""

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from leadlight.model.document.finding import name_in
from leadlight.model.document.values import nearest


class NoSuchPlaceError(Exception):
    """A path that leads nowhere, or a value that is none; the message says what is there."""


def set_version(path: Path, version: int) -> None:
    """Writes a document's version."""
    set_value(path, "version", str(version))


def set_value(path: Path, place: str, value: str) -> None:
    """Writes a value, given as YAML, to a place such as `signals.pricing_page.points`.

    Comments, order and everything else stay as they are, to the letter. A key that its part does not have yet
    is added at the part's end.

    Raises:
        NoSuchPlaceError: there is no such place, or the value is no YAML.
    """
    path.write_text(edited(path.read_text(encoding="utf-8"), place, value), encoding="utf-8")


def edited(text: str, place: str, value: str) -> str:
    """The document's text with the value at the place."""
    steps, tree = place.split("."), _yaml(text)
    node = _composed(text)
    for depth, step in enumerate(steps):
        child = _child(node, step)
        if child is None:
            if depth == len(steps) - 1 and isinstance(node, MappingNode):
                return _checked(_added(text, node, step, value), tree, steps, value)
            raise NoSuchPlaceError(f"{'.'.join(steps[: depth + 1])} is not there{_hint(node, step)}")
        node = child
    start, end = _span(text, node)
    return _checked(text[:start] + _padded(text, start, value) + text[end:], tree, steps, value)


def _composed(text: str) -> Node:
    """The nodes of a document; an empty value stands right after its key, not before what follows."""
    root: Node = YAML().compose(text)
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if isinstance(node, MappingNode):
            for key, value in node.value:
                if value.start_mark.index == value.end_mark.index:
                    value.start_mark = value.end_mark = copy(key.end_mark)
                    value.start_mark.index = text.index(":", key.end_mark.index) + 1
                nodes.append(value)
        elif isinstance(node, SequenceNode):
            nodes += node.value
    return root


def _child(node: Node, step: str) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode):
        names = _names(node)
        if step in names:
            return node.value[names.index(step)]  # type: ignore[no-any-return]
        if step.isdigit() and int(step) < len(names):
            return node.value[int(step)]  # type: ignore[no-any-return]
    return None


def _names(node: SequenceNode) -> list[str | None]:
    parts = [
        {key.value: value.value for key, value in each.value if isinstance(value, ScalarNode)}
        if isinstance(each, MappingNode)
        else {}
        for each in node.value
    ]
    return [name_in(parts, index) for index in range(len(parts))]


def _hint(node: Node, step: str) -> str:
    there: list[str] = []
    if isinstance(node, MappingNode):
        there = [str(key.value) for key, _ in node.value]
    elif isinstance(node, SequenceNode):
        there = [name or str(index) for index, name in enumerate(_names(node))]
    return nearest(step, there) or (f"; there are {', '.join(there)}" if there else "")


def _span(text: str, node: Node) -> tuple[int, int]:
    """Where a value stands, without the white space and comments that follow a block."""
    start, end = node.start_mark.index, node.end_mark.index
    if not isinstance(node, MappingNode | SequenceNode) or node.flow_style:
        return start, end
    last = _last(node)
    return start, _span(text, last)[1] if last is not None else end


def _last(node: Node) -> Node | None:
    if isinstance(node, MappingNode):
        return node.value[-1][1] if node.value else None
    return node.value[-1] if isinstance(node, SequenceNode) and node.value else None


def _padded(text: str, start: int, value: str) -> str:
    """A value after an empty one's colon needs a space."""
    return f" {value}" if start and text[start - 1] == ":" else value


def _added(text: str, node: MappingNode, key: str, value: str) -> str:
    start, end = _span(text, node)
    if node.flow_style:
        comma = ", " if node.value else ""
        body = text[: end - 1].rstrip()
        return f"{body}{comma}{key}: {value}{text[len(body) : end - 1].strip(' ')}{text[end - 1 :]}"
    line_end = text.find("\n", end - 1)  # after the comment that may follow the last value
    head, tail = (text, "") if line_end < 0 else (text[:line_end], text[line_end:])
    return f"{head}\n{' ' * (node.start_mark.column if start else 0)}{key}: {value}{tail}"


def _checked(text: str, before: Any, steps: Sequence[str], value: str) -> str:
    """The new text, if it says what was asked for and nothing else."""
    fix = f"{value!r} does not fit at {'.'.join(steps)}: put it in quotes, or write {{...}} or [...]"
    try:
        wanted, after = _yaml(value), _yaml(text)
    except YAMLError as error:
        raise NoSuchPlaceError(fix) from error
    _put(before, steps, wanted)
    if after != before:
        raise NoSuchPlaceError(fix)
    return text


def _put(tree: Any, steps: Sequence[str], value: Any) -> None:
    *before, last = steps
    for step in before:
        tree = tree[_step(tree, step)]
    tree[_step(tree, last)] = value


def _step(tree: Any, step: str) -> str | int:
    if not isinstance(tree, list):
        return step
    names = [name_in(tree, index) for index in range(len(tree))]
    return names.index(step) if step in names else int(step)


def _yaml(text: str) -> Any:
    return YAML(typ="safe").load(text)
