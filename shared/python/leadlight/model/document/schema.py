"""The JSON Schemas of the documents, for editors: they complete keys and show what each means."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from leadlight.model.document.catalogue import CataloguePart
from leadlight.model.document.model import ModelPart
from leadlight.model.document.values import Part

KINDS: Mapping[str, type[Part]] = {"model": ModelPart, "catalogue": CataloguePart}
FOLDER = Path(__file__).parents[1] / "schema"


class _InOrder(GenerateJsonSchema):
    """Keys stay in the order in which people write them."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:  # noqa: ARG002
        return value


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of document: `model` or `catalogue`."""
    root = KINDS[kind]
    found: dict[str, Any] = _lean(root.model_json_schema(by_alias=True, schema_generator=_InOrder))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Leadlight {'scoring model' if kind == 'model' else 'signal catalogue'}",
        **found,
    }


def schema_text(kind: str) -> str:
    """The schema as it is published."""
    return json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n"


def _lean(node: Any) -> Any:
    """Without what the generator adds and nobody writes: titles of keys, nulls, names of classes."""
    if isinstance(node, list):
        return [_lean(each) for each in node]
    if not isinstance(node, dict):
        return _renamed(node)
    kept = {
        name: _named(value) if name in ("properties", "$defs") else value if name == "examples" else _lean(value)
        for name, value in node.items()
        if not (name == "title" or (name == "default" and value is None))
    }
    choices: list[Any] = [choice for choice in kept.pop("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **kept}
    return {"anyOf": choices, **kept} if choices else kept


def _named(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removesuffix("Part"): _lean(part) for name, part in parts.items()}


def _renamed(value: Any) -> Any:
    return value.removesuffix("Part") if isinstance(value, str) and value.startswith("#/$defs/") else value
