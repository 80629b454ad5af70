"""Commented models to start from."""

from collections.abc import Mapping
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "starters"
STARTERS: Mapping[str, Path] = {
    "self-serve": _FOLDER / "self-serve.yaml",
    "sales-led": _FOLDER / "sales-led.yaml",
    "marketplace": _FOLDER / "marketplace.yaml",
}


def starter_text(kind: str) -> str:
    """A starter's text."""
    return STARTERS[kind].read_text(encoding="utf-8")
