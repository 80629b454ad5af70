"""Domains of addresses that anybody can have."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

_FILE = Path(__file__).with_name("free_mail.yaml")


@cache
def free_mail_domains() -> tuple[str, ...]:
    """The domains that ship with Leadlight."""
    return tuple(YAML(typ="safe").load(_FILE.read_text(encoding="utf-8"))["domains"])
