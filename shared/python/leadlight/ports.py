"""What the use cases need of the world. Each call may fail, come twice, or be the last before a crash."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from leadlight.activity import Fact, Kind
from leadlight.events import Event
from leadlight.kpi import DayMeasures
from leadlight.lifecycle.decision import Decision
from leadlight.model import Documents
from leadlight.nurture import NurtureState
from leadlight.scoring import Portfolio
from leadlight.state import LeadState


class Unavailable(Exception):
    """The other side is throttling or out of reach: the same call may go through later."""


class Conflict(Exception):
    """Somebody else saved the item since it was read."""


class FailedEvent(NamedTuple):
    """What could not be understood, kept with its reason and its raw bytes."""

    source: str
    reason: str
    received_at: datetime
    raw: bytes


class Facts(Protocol):
    """The activities table."""

    def put(self, facts: Sequence[Fact]) -> None:
        """Stores facts; storing one again changes nothing."""

    def of(self, lead_id: str, kind: Kind) -> list[Fact]:
        """The facts of a lead of one kind, by a consistent query: the few that a register is made of."""

    def on(self, lead_id: str, day: int, *, untimed: bool) -> list[Fact]:
        """The counted facts of a lead on a day, by a consistent query; `untimed`: also those without a time."""

    def every(self, lead_id: str) -> list[Fact]:
        """Every stored fact of a lead, copies among them, by a consistent query."""

    def keys(self, lead_id: str) -> list[str]:
        """The sort keys of everything that is stored under a lead, by a consistent query."""

    def delete(self, lead_id: str, keys: Sequence[str]) -> None:
        """Deletes what is stored under a lead by these keys; deleting again changes nothing."""


class Leads(Protocol):
    """The leads table."""

    def get(self, lead_id: str, *, consistent: bool) -> LeadState | None:
        """A lead's state."""

    def get_many(self, lead_ids: Sequence[str]) -> list[LeadState]:
        """Those of the leads' states that exist, in any order."""

    def put(self, state: LeadState) -> None:
        """Saves a state as the version after `state.version`; raises Conflict where that is not the stored one."""

    def get_nurture(self, lead_id: str) -> NurtureState:
        """A lead's enrollments, by a consistent read."""

    def put_nurture(self, state: NurtureState) -> None:
        """Saves enrollments; raises Conflict like `put`."""

    def clear_outbox(self, lead_id: str, item: str, outbox: str) -> None:
        """Removes an outbox where it is still this one."""

    def scan(self) -> Iterator[LeadState]:
        """Every lead's state."""

    def ranked(self, stages: Sequence[str], *, below: str, limit: int) -> list[str]:
        """The highest rank keys of some stages under `below`, highest first, at most `limit` of them."""


class Records(Protocol):
    """The records table."""

    def put_decisions(self, decisions: Sequence[Decision]) -> None:
        """Stores decision records; storing one again changes nothing."""

    def decisions(self, lead_id: str) -> list[Decision]:
        """A lead's decisions, oldest first."""

    def put_measures(self, days: Iterable[DayMeasures], *, as_of: datetime) -> int:
        """Replaces all day measures, writing only what differs; returns how many were written."""

    def measures(self) -> tuple[list[DayMeasures], datetime | None]:
        """All day measures, and when they were worked out; None where they never were."""


class FailedEvents(Protocol):
    """Where failed events are kept."""

    def keep(self, event: FailedEvent) -> str:
        """Stores one durably; returns its id. Keeping the same one again changes nothing."""


class Bus(Protocol):
    """The event bus."""

    def put(self, events: Sequence[Event]) -> None:
        """Puts events, entry by entry until each was taken; raises Unavailable where some were not."""


class Secrets(Protocol):
    """The webhook sources' secrets."""

    def of(self, source: str) -> str:
        """A source's secret; empty where it has none."""


class Ports(Protocol):
    """Everything a use case may ask for; each adapter is made when it is first used."""

    @property
    def facts(self) -> Facts:
        """The activities table."""

    @property
    def leads(self) -> Leads:
        """The leads table."""

    @property
    def records(self) -> Records:
        """The records table."""

    @property
    def failed(self) -> FailedEvents:
        """Where failed events are kept."""

    @property
    def bus(self) -> Bus:
        """The event bus."""

    @property
    def secrets(self) -> Secrets:
        """The webhook sources' secrets."""

    @property
    def documents(self) -> Documents:
        """The published catalogue and models."""

    @property
    def portfolio(self) -> Portfolio:
        """The models, ready to score."""

    @property
    def retention_days(self) -> int:
        """How long counted facts count."""

    def now(self) -> datetime:
        """The only clock, UTC."""
