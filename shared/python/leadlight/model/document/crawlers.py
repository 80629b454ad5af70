"""Words of user agents that no person has."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

_FILE = Path(__file__).with_name("crawlers.yaml")


@cache
def crawler_words() -> tuple[str, ...]:
    """The words that ship with Leadlight."""
    return tuple(YAML(typ="safe").load(_FILE.read_text(encoding="utf-8"))["crawlers"])
