"""The reference of the language, generated from the schema: every key with its type, default, meaning and example.

`python -m leadlight.model.document.reference` writes it, and the schemas, into the package.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from leadlight.model.document.flow import flow
from leadlight.model.document.schema import FOLDER, KINDS, schema, schema_text

FILE = Path(__file__).parents[1] / "REFERENCE.md"
_INTRO = """# The language of scoring models and signal catalogues

Generated from the schema; every example runs as a test. `leadlight new` writes a model to start from,
`leadlight validate` says what is wrong with one, and warns of what can never have an effect.

Values: **days** are written `30d` (1d to 365d), **hours** `24h` or `2d`, **points** have at most three decimals,
a **name** is lower-case letters, digits, `_` and `-`. A **lifecycle stage** is lead, mql, sql, sal, opportunity,
customer, disqualified, recycled or churned. An unknown key is an error. Arithmetic is in whole thousandths of a
point: a score is the same everywhere.

A trait that is missing is unknown, not zero. A signal criterion works in this order: window, limit, decay by age in
whole days, sum, cap. A category's points are held between 0 and its cap; the score weighs each category's share of
its cap by the weights of the lead's buying stage.
"""
_FORMATS = {"percent": "0 to 100", "regex": "pattern", "stage": "lifecycle stage"}
_PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


class Key(NamedTuple):
    """A key of the language: the part that has it, and what the schema says of it."""

    part: str
    name: str
    schema: Mapping[str, Any]
    required: bool


def keys(kind: str) -> Iterator[Key]:
    """Every key of a kind of document, in reading order; a part that stands in several places once."""
    root = schema(kind)
    seen: list[str] = []

    def walk(part: str, node: Mapping[str, Any]) -> Iterator[Key]:
        inside = _object(node)
        for name, value in inside.get("properties", {}).items():
            yield Key(part, name, value, name in inside.get("required", ()))
        for value in inside.get("properties", {}).values():
            for target in _targets(value):
                if target not in seen:
                    seen.append(target)
                    yield from walk(target, root["$defs"][target])

    yield from walk(kind, root)


def reference_text() -> str:
    """The reference as Markdown."""
    return _INTRO + "".join(_document(kind) for kind in KINDS)


def _document(kind: str) -> str:
    root = schema(kind)
    lines = [
        f"\n# {'The scoring model' if kind == 'model' else 'The signal catalogue'}\n",
        f"\n{root['description']}\n",
    ]
    part = kind
    lines += _head()
    for key in keys(kind):
        if key.part != part:
            part = key.part
            lines += [f"\n## {part}\n", f"\n{_object(root['$defs'][part])['description']}\n", *_head()]
        lines.append(_row(key))
    return "".join(lines)


def _head() -> list[str]:
    return ["\n| key | type | default | meaning | example |\n", "|---|---|---|---|---|\n"]


def _row(key: Key) -> str:
    given = key.schema.get("default", "")
    default = "required" if key.required else "none" if given == "" else _code(given)
    example = _code({key.name: key.schema["examples"][0]}, bare=True)
    meaning = str(key.schema["description"]).replace("|", "\\|")
    return f"| `{key.name}` | {_type(key.schema)} | {default} | {meaning} | {example} |\n"


def _type(node: Mapping[str, Any]) -> str:
    if "$ref" in node:
        name = _target(node["$ref"])
        return f"{'points, or ' if name == 'StagePoints' else ''}[{name}](#{name.lower()})"
    if "format" in node:
        return _FORMATS.get(node["format"], str(node["format"]))
    if "enum" in node:
        return " or ".join(f"`{each}`" for each in node["enum"])
    if node.get("type") == "array":
        return f"list of {_type(node['items'])}"
    if isinstance(node.get("additionalProperties"), dict):
        return f"by name: {_type(node['additionalProperties'])}"
    kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
    return ", ".join(_PLAIN[kind] for kind in kinds)


def _object(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part as an object, where a single value may stand for it."""
    choices = [choice for choice in node.get("anyOf", ()) if choice.get("type") == "object"]
    return choices[0] if choices else node


def _targets(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield _target(node["$ref"])
        for name, value in node.items():
            if name != "examples":
                yield from _targets(value)
    if isinstance(node, list):
        for value in node:
            yield from _targets(value)


def _target(ref: str) -> str:
    return ref.removeprefix("#/$defs/")


def _code(value: Any, *, bare: bool = False) -> str:
    text = flow(value)
    return f"`{text[1:-1] if bare else text}`".replace("|", "\\|")


def main() -> None:
    """Writes the reference and the schemas into the package."""
    FILE.write_text(reference_text(), encoding="utf-8")
    FOLDER.mkdir(exist_ok=True)
    for kind in KINDS:
        (FOLDER / f"{kind}.json").write_text(schema_text(kind), encoding="utf-8")


if __name__ == "__main__":
    main()
