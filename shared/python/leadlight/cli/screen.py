"""The terminal: what data may look like there."""

import sys
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.text import Text

WIDE = 160  # for pipes and files, which have no width of their own


def screen(*, stderr: bool = False) -> Console:
    """The terminal as it is now."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else WIDE, highlight=False)


def text(value: Any, style: str = "") -> Text:
    """A value from outside: no markup, no control sequence of it reaches the terminal."""
    shown = "" if value is None else str(value)
    return Text("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown), style)


def print_json(value: Any) -> None:
    """One JSON document on one line of standard output."""
    click.echo(msgspec.json.encode(value))
