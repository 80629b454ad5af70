"""Whether a document names a person, and what of it does: failed events hold raw bytes of anybody's making."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec

from leadlight.activity import Identity
from leadlight.activity.identity import ANONYMOUS, EMAIL, USER

_LISTS = ("batch", "Records", "payload")  # where a document holds one element for each event
_LONG = 6  # characters from which on an id is nobody else's word or number
_KINDS = {  # of the fields that identities come from
    "userId": (USER,), "user_id": (USER,), "subject": (USER,), "previousId": (USER, ANONYMOUS),
    "anonymousId": (ANONYMOUS,), "anonymous_id": (ANONYMOUS,),
}  # fmt: skip
_TAG = r"(?:\+[\w.+\-=]*)?"
_BEFORE, _AFTER = r"(?<![\w.+\-])", r"(?![\w\-]|\.\w)"  # where a name ends: ada@acme.com is not in bada@acme.com


class Parted(NamedTuple):
    """A document without what is a person's, and that. `rest` is None where nothing else is left."""

    rest: bytes | None
    theirs: list[Any]


class Names:
    """What a person is called by: their identities, and the ids of their leads.

    Addresses and long ids count wherever they stand. A short id (`42`), or one of digits only, is anybody's number: it
    counts in a field that identities come from, as what that field says it is.
    """

    def __init__(self, identities: Iterable[Identity], lead_ids: Iterable[str], *, fold_tags: bool = False) -> None:
        self._identities = frozenset(Identity(kind, value.strip()) for kind, value in identities)
        self._lead_ids = frozenset(lead_ids)
        self._fold_tags = fold_tags

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
        long = [self._pattern(each) for each in self._identities if _is_telling(each)]
        long += map(re.escape, self._lead_ids)
        return re.compile(f"{_BEFORE}(?:{'|'.join(sorted(long))}){_AFTER}") if long else None

    def _pattern(self, identity: Identity) -> str:
        name = identity.value.casefold()
        local, at, domain = name.rpartition("@")
        if identity.kind == EMAIL and self._fold_tags and "+" not in local:
            return re.escape(local) + _TAG + re.escape(at + domain)
        return re.escape(name)

    def _part(self, document: Any) -> tuple[Any, list[Any]]:
        """A decoded document without the person's events, and those; None where nothing is left."""
        if isinstance(document, list):
            theirs = [each for each in document if self._named(each)]
            rest = [self._bare(each) if self._named(each) else each for each in document]
            return [each for each in rest if each is not None] or None, theirs
        if isinstance(document, dict):
            for name in _LISTS:
                inner = _decoded(document.get(name))
                others = {key: value for key, value in document.items() if key != name}
                if isinstance(inner, list | dict) and not self._named(others):
                    rest, theirs = self._part(inner)
                    text = isinstance(document[name], str) and rest is not None
                    kept = msgspec.json.encode(rest).decode() if text else rest
                    return None if rest is None else {**others, name: kept}, theirs
        return (self._bare(document), [document]) if self._named(document) else (document, [])

    def _bare(self, record: Any) -> Any:
        """What may stay of a stream's record that names the person: which item of somebody else is to be looked at.

        Without it the other lead would never count its fact. None where that names the person, or it is no such record.
        """
        match record:
            case {"eventName": event, "dynamodb": {"Keys": keys, "SequenceNumber": number}}:
                bare = {"eventName": event, "dynamodb": {"Keys": keys, "SequenceNumber": number}}
                return None if self._named(bare) else bare
        return None

    def _named(self, value: Any, kinds: Sequence[str] = ()) -> bool:
        """Whether a value names the person; `kinds` are those that its field holds identities of."""
        match value:
            case dict():
                return any(
                    self._named(each, _kinds(name, value)) or self.in_text(name) or (name == "ids" and self._ids(each))
                    for name, each in value.items()
                )
            case [str(), str()] if Identity(*value) in self._identities:
                return True  # as facts hold them
            case list():
                return any(map(self._named, value))
            case str():
                inner = _decoded(value)
                return self._named(inner) if inner is not value else self._is(value, kinds) or self.in_text(value)
            case bool() | None:
                return False
        return self._is(str(value), kinds)

    def _ids(self, ids: Any) -> bool:
        """Whether one of tools' own ids is the person's."""
        return isinstance(ids, dict) and any(self._is(str(value), (tool,)) for tool, value in ids.items())

    def _is(self, value: str, kinds: Iterable[str]) -> bool:
        return any(Identity(kind, value.strip()) in self._identities for kind in kinds)


def _is_telling(identity: Identity) -> bool:
    return identity.kind == EMAIL or (len(identity.value) >= _LONG and not identity.value.isdecimal())


def _kinds(name: str, beside: Mapping[str, Any]) -> Sequence[str]:
    if name == "value" and "kind" in beside:
        return (str(beside["kind"]),)
    return _KINDS.get(name, ())


def _decoded(value: Any) -> Any:
    """What a string holds, where that is JSON itself: the body of a fact, the payload of a failed batch."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return msgspec.json.decode(value)
        except (ValueError, RecursionError):
            return value
    return value
