"""What a request's query says."""

from collections.abc import Mapping
from typing import Any

from leadlight.problems import MalformedEvent

_DIGITS = 9  # of more, Python reads some only
_SHOWN = 20


def query_of(event: Mapping[str, Any]) -> dict[str, str]:
    """What was given; an empty value is as good as none."""
    return {name: value for name, value in (event.get("queryStringParameters") or {}).items() if value}


def limit_of(given: str | None, *, default: int, most: int) -> int:
    """How many rows a page has at most.

    Raises:
        MalformedEvent: it is no number from 1 to `most`.
    """
    return number_of(given or str(default), field="limit", most=most)


def number_of(asked: str, *, field: str, most: int, least: int = 1) -> int:
    """A number from `least` to `most`, as a query says it.

    Raises:
        MalformedEvent: it is none.
    """
    digits = asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS
    if not digits or not least <= int(asked) <= most:
        raise MalformedEvent(f"{field} must be a number from {least} to {most}, found {asked[:_SHOWN]!r}", field=field)
    return int(asked)
