"""The JSON Schemas of what goes out, one file per detail type and version.

`python -m leadlight.events.schema` writes them. Within a version only additions are allowed: consumers rely on it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from leadlight.events.event import DETAIL_TYPES, MODEL_PUBLISHED, VERSION, ModelPublished
from leadlight.lifecycle.decision import Decision

FOLDER = Path(__file__).parent / "schemas"
_ALWAYS = ("id", "version")
_ALSO: Mapping[str, tuple[str, ...]] = {
    "scored": ("after",),
    "stage_changed": ("before", "after"),
    "handed_off": ("hand_off", "due_at"),
    "rejected": ("hand_off",),
    "enrolled": ("campaign",),
    "exited": ("campaign",),
    "merged": ("other",),
    "unmerged": ("other",),
}


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """File name and schema of every detail type that Leadlight announces."""
    _, components = msgspec.json.schema_components([Decision], ref_template="#/$defs/{name}")
    shape = components.pop("Decision")
    del shape["properties"]["silent"]  # what is silent has no event
    for kind, title in DETAIL_TYPES.items():
        required = (*shape["required"], *_ALSO.get(kind, ()))
        schema = _schema(title, shape, {"kind": {"const": kind}}, required)
        yield _file_of(title), {**schema, "$defs": components}
    _, found = msgspec.json.schema_components([ModelPublished])
    published = found["ModelPublished"]
    yield _file_of(MODEL_PUBLISHED), _schema(MODEL_PUBLISHED, published, {}, published["required"])


def _schema(title: str, shape: Mapping[str, Any], also: Mapping[str, Any], required: Iterable[str]) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": shape["description"],
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "the same however often the event is delivered"},
            "version": {"const": VERSION},
            **shape["properties"],
            **also,
        },
        "required": sorted({*_ALWAYS, *required}),
    }


def _file_of(title: str) -> str:
    return f"{title.lower().replace(' ', '_')}.v{VERSION}.json"


def write() -> None:
    """Writes every schema into the layer."""
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas():
        (FOLDER / name).write_text(json.dumps(schema, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    write()
