"""The JSON Schemas of what goes out, one file per detail type and version.

`python -m leadlight.events.schema` writes them. Within a version only additions are allowed: consumers rely on it.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from leadlight.events.event import DETAIL_TYPES, VERSION
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
    for kind, title in DETAIL_TYPES.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": title,
            "description": shape["description"],
            "type": "object",
            "properties": {
                "id": {"type": "string", "description": "the same however often the event is delivered"},
                "version": {"const": VERSION},
                **shape["properties"],
                "kind": {"const": kind},
            },
            "required": sorted({*_ALWAYS, *shape["required"], *_ALSO.get(kind, ())}),
            "$defs": components,
        }
        yield f"{title.lower().replace(' ', '_')}.v{VERSION}.json", schema


def write() -> None:
    """Writes every schema into the layer."""
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas():
        (FOLDER / name).write_text(json.dumps(schema, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    write()
