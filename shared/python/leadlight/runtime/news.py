"""What a batch of the activities stream tells of one lead: facts, facts that are gone, what other leads left there."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from leadlight.activity import Fact
from leadlight.adapters.fact_items import from_item
from leadlight.runtime.streams import Record, expired_by_ttl, lead_id
from leadlight.state import Change

NOTICES = frozenset({"link", "merge", "poke", "member", "round", "company"})


class Gone(NamedTuple):
    """A fact that was deleted, as it was last."""

    fact: Fact


class Notice(NamedTuple):
    """An item that is no fact, under its name: it was stored, changed or deleted."""

    name: str
    key: str
    event: str
    image: dict[str, Any] | None

    @property
    def about(self) -> str:
        """The lead that the item's key names first."""
        return self.key.split("#")[1]


Entry = Change | Gone | Notice


class News(msgspec.Struct):
    """One lead's records of a batch, and what each of them says. `anew`: the fold is to be made from the facts."""

    lead_id: str
    records: list[Record]
    entries: list[Entry]
    anew: bool = False

    def singles(self) -> "list[News]":
        """Each record alone."""
        pairs = zip(self.records, self.entries, strict=True)
        return [msgspec.structs.replace(self, records=[record], entries=[entry]) for record, entry in pairs]

    @property
    def changes(self) -> list[Change]:
        """The facts that were stored."""
        return [entry for entry in self.entries if isinstance(entry, Change)]

    @property
    def gone(self) -> list[Fact]:
        """The facts that were deleted."""
        return [entry.fact for entry in self.entries if isinstance(entry, Gone)]

    def notices(self, *names: str) -> list[Notice]:
        """The notices of some names."""
        return [entry for entry in self.entries if isinstance(entry, Notice) and entry.name in names]


def by_lead(records: Sequence[Record], *, unreadable: Callable[[Record, str], None]) -> list[News]:
    """The news of each lead; `unreadable` gets the records that are none, with the reason. TTL deletes are no news."""
    news: dict[str, News] = {}
    for record in records:
        try:
            entries = list(_entries(record))
        except ValueError as error:
            unreadable(record, str(error))
            continue
        for entry in entries:
            of = news.setdefault(lead_id(record), News(lead_id(record), [], []))
            of.records.append(record)
            of.entries.append(entry)
    return list(news.values())


def _entries(record: Record) -> Iterator[Entry]:
    if expired_by_ttl(record):
        return
    change = record["dynamodb"]
    key, image = change["Keys"]["key"]["S"], change.get("NewImage")
    name = key.partition("#")[0]
    if name in NOTICES:
        yield Notice(name, key, record["eventName"], image)
    elif image is not None:
        yield Change(from_item(image), rewritten=record["eventName"] == "MODIFY")
    elif "OldImage" in change:
        try:
            yield Gone(from_item(change["OldImage"]))
        except ValueError:
            return  # what was deleted was no fact
