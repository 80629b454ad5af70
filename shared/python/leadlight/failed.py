"""What could not be understood, or not be delivered, and where it waits until it is tried again."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, Self

from leadlight.activity.order_key import timestamp

STREAM = "stream"  # the source of records of the activities stream that could not be brought into their lead
RUN = "run"  # and of leads that a publish or a sweep passed over
MOST_REASON = 2_000  # characters that are kept of one
FAILED = "failed event"  # the log line that the stack's metric counts; it names nobody


class FailedEvent(NamedTuple):
    """What could not be understood, kept with its reason and its raw bytes."""

    source: str
    reason: str
    received_at: datetime
    raw: bytes


class Kept(NamedTuple):
    """A failed event in the list: the same bytes of a source on a day are one. `replayed_at`: None while it waits."""

    day: str
    source: str
    name: str
    reason: str
    received_at: datetime
    replayed_at: datetime | None = None

    @property
    def id(self) -> str:
        """How it is asked for; ids of a source are in the order of the days."""
        return f"{self.day}.{self.source}.{self.name}"

    @property
    def place(self) -> str:
        """Where its raw bytes are."""
        return f"failed/{self.source}/{self.day}/{self.name}"

    @classmethod
    def of(cls, event: FailedEvent, name: str) -> Self:
        """A failed event under the name that its bytes give it."""
        return cls(event.received_at.date().isoformat(), event.source, name, short(event.reason), event.received_at)

    @property
    def moment(self) -> str:
        """When it came first."""
        return timestamp(self.received_at)


def short(reason: str) -> str:
    """A reason as it is kept: it may quote what was sent, of any length."""
    return reason if len(reason) <= MOST_REASON else reason[: MOST_REASON - 1] + "…"


class FailedEvents(Protocol):
    """Where failed events are kept, and the batches that a stream gave up."""

    def keep(self, event: FailedEvent) -> str:
        """Stores one durably; returns its id. Keeping the same one again keeps its first time, and it waits again."""

    def kept(self, day: str, *, after: str, limit: int) -> list[Kept]:
        """Failed events of a day (2026-11-21) behind an id of that day, in order of source and name."""

    def find(self, failed_id: str) -> Kept | None:
        """The failed event of an id."""

    def settle(self, kept: Kept) -> None:
        """Stores the reason and `replayed_at` of a failed event that is still there."""

    def places(self, *, after: str, limit: int) -> list[str]:
        """Where raw bytes are kept, in order, behind a place: batches that a stream gave up, then failed events."""

    def bodies(self, places: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """The raw bytes at some places; a place that is gone meanwhile is left out."""

    def reason(self, place: str) -> str:
        """Why the failed event at a place could not be understood; empty where nothing says so."""

    def cut(self, place: str, raw: bytes | None, *, reason: str = "") -> None:
        """Replaces the raw bytes at a place and the reason; None removes both."""


class Letter(NamedTuple):
    """A message of a dead-letter queue, and what proves that it was received."""

    body: str
    receipt: str


class DeadLetters(Protocol):
    """The queues of what a consumer of events could not take, each by its consumer's name."""

    def receive(self, consumer: str) -> list[Letter]:
        """Up to ten messages, which nobody else sees for two minutes; none where the queue is empty."""

    def done(self, consumer: str, letters: Sequence[Letter]) -> None:
        """Removes messages."""

    def count(self) -> int:
        """About how many messages there are in all queues."""
