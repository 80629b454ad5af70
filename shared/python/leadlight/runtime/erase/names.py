"""Whether a document names a person, and what of it does: failed events hold raw bytes of anybody's making."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec

from leadlight.activity import Identity

_LISTS = ("batch", "Records", "payload")  # where a document holds one element for each event
_LONG = 6  # characters from which on an id is nobody else's word or number
_ID_KEY = re.compile(r"(id|subject|user|lead)$", re.IGNORECASE)
_BEFORE, _AFTER = r"(?<![\w.+\-])", r"(?![\w\-]|\.\w)"  # where a name ends: ada@acme.com is not in bada@acme.com


class Parted(NamedTuple):
    """A document without what is a person's, and that. `rest` is None where nothing else is left."""

    rest: bytes | None
    theirs: list[Any]


class Names:
    """What a person is called by: their identities, and the ids of their leads.

    A short id (`42`) counts where a field named like an id holds it, a longer one wherever it stands.
    """

    def __init__(self, identities: Iterable[Identity], lead_ids: Iterable[str]) -> None:
        self._identities = frozenset(identity.value.strip().casefold() for identity in identities)
        self._lead_ids = frozenset(lead_ids)

    def part(self, raw: bytes) -> Parted:
        """Takes the person's own events out of a document; one that can't be taken apart goes whole."""
        try:
            document = msgspec.json.decode(raw)
        except (ValueError, RecursionError):
            text = raw.decode(errors="replace")
            return Parted(None, [text]) if self.in_text(text) else Parted(raw, [])
        rest, theirs = self._part(document)
        if not theirs:
            return Parted(raw, [])
        return Parted(None if rest is None else msgspec.json.encode(rest), theirs)

    def in_text(self, text: str) -> bool:
        """Whether a text names the person."""
        return bool(self._long and (self._long.search(text.casefold()) or self._encoded(text)))

    def _encoded(self, text: str) -> bool:
        return "%" in text and bool(self._long and self._long.search(unquote(text).casefold()))

    @cached_property
    def _long(self) -> re.Pattern[str] | None:
        long = [name for name in (*self._identities, *self._lead_ids) if len(name) >= _LONG]
        return re.compile(f"{_BEFORE}(?:{'|'.join(map(re.escape, sorted(long)))}){_AFTER}") if long else None

    def _part(self, document: Any) -> tuple[Any, list[Any]]:
        """A decoded document without the person's events, and those; None where nothing is left."""
        if isinstance(document, list):
            theirs = [each for each in document if self._named(each)]
            return [each for each in document if not self._named(each)] or None, theirs
        if isinstance(document, dict):
            for name in _LISTS:
                inner = _decoded(document.get(name))
                others = {key: value for key, value in document.items() if key != name}
                if isinstance(inner, list | dict) and not self._named(others):
                    rest, theirs = self._part(inner)
                    text = isinstance(document[name], str) and rest is not None
                    kept = msgspec.json.encode(rest).decode() if text else rest
                    return None if rest is None else {**others, name: kept}, theirs
        return (None, [document]) if self._named(document) else (document, [])

    def _named(self, value: Any, key: str = "") -> bool:
        match value:
            case dict():
                return any(self._named(each, str(name)) or self.in_text(str(name)) for name, each in value.items())
            case list():
                return any(self._named(each, key) for each in value)
            case str():
                inner = _decoded(value)
                return self._named(inner, key) if inner is not value else self._is(value, key) or self.in_text(value)
            case bool() | None:
                return False
        return self._is(str(value), key)

    def _is(self, value: str, key: str) -> bool:
        name = value.strip().casefold()
        return name in self._identities and (len(name) >= _LONG or bool(_ID_KEY.search(key)))


def _decoded(value: Any) -> Any:
    """What a string holds, where that is JSON itself: the body of a fact, the payload of a failed batch."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return msgspec.json.decode(value)
        except (ValueError, RecursionError):
            return value
    return value
