"""Values as YAML on one line."""

from typing import Any


def flow(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    special = isinstance(value, str) and (set(text) & set("\\:#,[]{}*&!|>'\"%@`") or text[:1] in "-?")
    return "'" + text.replace("'", "''") + "'" if special else text
