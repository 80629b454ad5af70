"""The life of the documents: a draft is published, and retired by the next; a run brings every lead on the new ones."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - msgspec reads a struct's types when it first decodes one
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import msgspec

if TYPE_CHECKING:  # ingest goes by the documents, and scores nobody
    from collections.abc import Sequence

    from leadlight.lifecycle.decision import Kind
    from leadlight.model import Documents
    from leadlight.nurture import NurtureState
    from leadlight.scoring import Portfolio
    from leadlight.state import LeadState

Told = Literal["scores", "stages", "hand-offs"]
TOLD: Mapping[Told, frozenset[Kind]] = {  # what an operator may have announced: the kinds of decisions
    "scores": frozenset({"scored"}),
    "stages": frozenset({"stage_changed", "qualified", "disengaged"}),
    "hand-offs": frozenset({"handed_off"}),
}
RATE = 500  # leads per second where the operator says nothing
MOST_RATE = 8_000
COUNTED = ("seen", "written", "decided", "failed")
SWEPT = ("engaged", "disengaged", "newly_disengaged")  # as of the day of the sweep
_PAGE = 500  # most leads of one message: a minute is enough for them, with their facts
_SEGMENTS = 16
_SECONDS = 2  # between two pages of a segment


class Version(msgspec.Struct, frozen=True):
    """Documents that were uploaded. `models` are named `id@version`, each with the digest of what it says."""

    version: int
    digest: str
    created_at: str
    models: Mapping[str, str]
    catalogue: int
    catalogue_digest: str


def told_by(announce: Sequence[Told]) -> frozenset[Kind]:
    """The kinds of decisions that are announced where an operator asked for these."""
    return frozenset(kind for each in announce for kind in TOLD[each])


class Release(msgspec.Struct, frozen=True):
    """The publishing of a version; the highest number is in force.

    `from_facts`: folds are made anew from the facts. `catalogue` names the one that folds are of from then on; number 0
    is stored for it alone, while nothing was published yet.
    """

    number: int
    version: int
    published_at: str = ""
    rate: int = RATE
    announce: tuple[Told, ...] = ()
    from_facts: bool = False
    catalogue: str = ""  # releases that were stored before end above


@dataclass(frozen=True)
class Published:
    """What is in force. Models are made ready to score when that is first asked for."""

    release: Release
    documents: Documents

    @cached_property
    def portfolio(self) -> Portfolio:
        """The models, ready to score."""
        from leadlight.scoring import Portfolio  # noqa: PLC0415

        return Portfolio(self.documents.models)


class Run(msgspec.Struct, frozen=True):
    """A pass over all leads, in segments of pages.

    `page` is the number of items that a message is for, `pause` the seconds between two pages of a segment; `release`
    what the run is of: it ends where another one is in force.
    """

    id: str
    kind: Literal["publish", "sweep"]
    release: int
    begun_at: str
    segments: int
    page: int
    pause: int
    announce: tuple[Told, ...] = ()
    from_facts: bool = False

    @property
    def told(self) -> frozenset[Kind]:
        """The kinds of decisions that are announced. A sweep announces what is due; a publish what was asked for."""
        return told_by(tuple(TOLD) if self.kind == "sweep" else self.announce)

    @property
    def counted(self) -> tuple[str, ...]:
        """What its checkpoints count."""
        return COUNTED + SWEPT if self.kind == "sweep" else COUNTED


class Task(msgspec.Struct, frozen=True):
    """A message: one page of one segment of a run. `after` is where the page before ended."""

    run: str
    segment: int
    page: int = 1
    after: str = ""


class Checkpoint(msgspec.Struct, frozen=True):
    """How far a segment of a run is: its last page that was done, where that ended, and what was counted so far."""

    segment: int
    page: int = 0
    after: str = ""
    seen: int = 0
    written: int = 0
    decided: int = 0
    done: bool = False
    engaged: int = 0
    disengaged: int = 0
    newly_disengaged: int = 0
    failed: int = 0


class Pace(NamedTuple):
    """How a rate is kept: so many segments at once, so many leads each, so many seconds apart."""

    segments: int
    page: int
    pause: int


def pace(rate: int) -> Pace:
    """The pace of a number of leads per second.

    >>> pace(1_000)
    Pace(segments=4, page=500, pause=2)
    >>> pace(10)
    Pace(segments=1, page=20, pause=2)
    """
    segments = min(_SEGMENTS, -(-rate * _SECONDS // _PAGE))
    page = min(_PAGE, -(-rate * _SECONDS // segments))
    return Pace(segments, page, max(1, round(page * segments / rate)))


def stand(version: int, releases: list[Release]) -> str:
    """Whether a version is a draft, published, or retired. `releases`: the oldest first."""
    if releases and releases[-1].version == version:
        return "published"
    return "retired" if any(release.version == version for release in releases) else "draft"


class Placed(NamedTuple):
    """A state, or enrollments, at their place in the leads table (`ld_...#state`); or why they can't be read."""

    place: str
    state: LeadState | None = None
    enrollments: NurtureState | None = None
    reason: str = ""

    @property
    def lead_id(self) -> str:
        """Whose they are."""
        return self.place.partition("#")[0]

    @property
    def name(self) -> str:
        """Which of the lead's items it is."""
        return self.place.partition("#")[2]


class Page(NamedTuple):
    """Items of the leads table in its order; `after` is where to go on, empty at the end."""

    items: Sequence[Placed]
    after: str

    @property
    def states(self) -> list[LeadState]:
        """The states that could be read."""
        return [item.state for item in self.items if item.state]


class Models(Protocol):
    """The versions of the documents, and which of them is in force."""

    def published(self) -> Published:
        """What is in force, or was some seconds ago."""

    def latest(self) -> Release:
        """The release in force now; number 0, version 0: what came with the layer."""

    def releases(self) -> list[Release]:
        """All releases but number 0, oldest first."""

    def versions(self) -> list[Version]:
        """All versions that were uploaded, oldest first."""

    def publish(self, release: Release) -> None:
        """Puts a release in force; raises Conflict where its number is taken."""

    def draft(self, version: Version, documents: Documents) -> None:
        """Stores documents as a version; raises Conflict where its number is taken."""

    def documents(self, version: Version) -> Documents:
        """The documents of a version."""

    def shipped(self) -> Documents:
        """The documents that came with the layer: version 0."""


class Runs(Protocol):
    """Runs over all leads."""

    @property
    def settle_seconds(self) -> int:
        """How long after a publish nobody goes by the old documents any more."""

    def begin(self, run: Run, *, now: float) -> None:
        """Stores a run and its segments; what is there stays as it is. `now`: seconds since 1970."""

    def get(self, run_id: str) -> Run | None:
        """A run."""

    def checkpoint(self, run_id: str, segment: int) -> Checkpoint:
        """How far a segment is."""

    def advance(self, run_id: str, checkpoint: Checkpoint) -> None:
        """Stores that a page is done; raises Conflict where the page before it is not the last one that was."""

    def send(self, task: Task, *, delay: int) -> None:
        """Puts a task into the queue, to be taken out after so many seconds."""
