"""What the use cases need of the world. Each call may fail, come twice, or be the last before a crash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:  # a function that imports a port's errors need not import all that ports speak of
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from leadlight.activity import Fact, Kind
    from leadlight.events import Event
    from leadlight.failed import DeadLetters, FailedEvents
    from leadlight.forgotten import Forgotten
    from leadlight.hands import Hands
    from leadlight.kpi import DayMeasures, Engagement, Spend
    from leadlight.lifecycle.decision import Decision
    from leadlight.merge import Link, Member
    from leadlight.model import Documents
    from leadlight.nurture import NurtureState
    from leadlight.releases import Models, Page, Published, Runs
    from leadlight.scoring import Portfolio
    from leadlight.sources.request import Secrets
    from leadlight.state import LeadState
    from leadlight.state.company import Told


class Unavailable(Exception):
    """The other side is throttling or out of reach: the same call may go through later."""


class Torn(Unavailable):
    """What is stored of a lead does not go together, however often it is read."""


class Conflict(Exception):
    """Somebody else saved the item since it was read."""


class Stored(NamedTuple):
    """An item of the activities table: its sort key, and the fact that it is; None, and its body, where it is none."""

    key: str
    fact: Fact | None
    body: str


Image = Mapping[str, Mapping[str, Any]]  # an item in DynamoDB's typed form


class Facts(Protocol):
    """The activities table."""

    def put(self, facts: Sequence[Fact]) -> None:
        """Stores facts; storing one again changes nothing."""

    def of(self, lead_id: str, kind: Kind) -> list[Fact]:
        """The facts of a lead of one kind, by a consistent query: the few that a register is made of."""

    def on(self, lead_id: str, day: int, *, untimed: bool) -> list[Fact]:
        """The counted facts of a lead on a day, by a consistent query; `untimed`: also those without a time."""

    def every(self, lead_id: str) -> list[Fact]:
        """Every fact that counts for a lead, by a consistent query: its own, and those of leads merged into it."""

    def own(self, lead_id: str) -> list[Fact]:
        """Every stored fact of the lead itself, by a consistent query."""

    def keys(self, lead_id: str) -> list[str]:
        """The sort keys of everything that is stored under a lead, by a consistent query."""

    def page(self, lead_id: str, *, after: str, limit: int) -> list[Stored]:
        """What is stored under a lead behind a sort key, in order: at most `limit`, fewer where they are big."""

    def images(self, lead_id: str, keys: Sequence[str]) -> Mapping[str, Image]:
        """Those of a lead's items that are stored, by key and consistent, as stream records hold them."""

    def delete(self, lead_id: str, keys: Sequence[str]) -> None:
        """Deletes what is stored under a lead by these keys; deleting again changes nothing."""


class Merges(Protocol):
    """What the activities table holds of merges. Each put gives way to what is newer."""

    def links(self, lead_id: str) -> list[Link]:
        """The links under a lead, by a consistent query."""

    def link(self, links: Sequence[Link]) -> None:
        """Says that leads are joined, or no longer."""

    def members(self, root: str) -> list[Member]:
        """Those that are merged into a lead, by a consistent query."""

    def member(self, root: str, lead_id: str) -> Member | None:
        """One of them, by a consistent read."""

    def enter(self, member: Member, *, version: int) -> None:
        """Stores a member while its own state is of this version; raises Conflict where it is not."""

    def leave(self, root: str, lead_id: str, *, epoch: int) -> None:
        """Removes a member of this epoch or an older one."""

    def copy(self, facts: Iterable[Fact], *, over: bool) -> None:
        """Stores copies; `over` those of the same epoch that are there."""

    def uncopy(self, facts: Iterable[Fact]) -> None:
        """Removes copies of their epochs or older ones."""

    def poke(self, lead_ids: Iterable[str], *, by: str, mark: str) -> None:
        """Makes leads look again at where they belong; the same mark twice does nothing."""


class Membership(NamedTuple):
    """A lead of an account. `version` is the lead's that it joined as of, `score` what it had then."""

    account_id: str
    lead_id: str
    version: int
    score: int


class Round(NamedTuple):
    """An account tells its leads its traits of a version: those up to the lead `after` have been told."""

    account_id: str
    version: int
    after: str = ""
    backfill: bool = False  # the traits came by an import, and nothing is announced for them


class Accounts(Protocol):
    """What the activities table holds of accounts and their leads. Each put and removal gives way to what is newer."""

    def join(self, membership: Membership) -> None:
        """Stores a lead under its account."""

    def leave(self, account_id: str, lead_id: str, *, version: int) -> None:
        """Removes a lead that joined as of this version of it or an earlier one."""

    def members(self, account_id: str, *, after: str = "", limit: int) -> list[Membership]:
        """The next leads of an account in the order of their ids, by a consistent query."""

    def tell(self, told: Sequence[tuple[str, Told]]) -> None:
        """Stores under leads what their account tells them; the same again changes nothing."""

    def go_on(self, given: Round) -> None:
        """Stores how far a round has come."""


class Leads(Protocol):
    """The leads table."""

    def get(self, lead_id: str, *, consistent: bool) -> LeadState | None:
        """A lead's state."""

    def get_many(self, lead_ids: Sequence[str]) -> list[LeadState]:
        """Those of the leads' states that exist, in any order."""

    def put(self, state: LeadState) -> None:
        """Saves a state as `state.following`; raises Conflict where `state.version` is not the stored one."""

    def get_nurture(self, lead_id: str) -> NurtureState:
        """A lead's enrollments, by a consistent read."""

    def put_nurture(self, state: NurtureState) -> None:
        """Saves enrollments; raises Conflict like `put`."""

    def clear_outbox(self, lead_id: str, item: str, outbox: str) -> bool:
        """Removes an outbox where it is still this one; whether it was."""

    def erase(self, lead_ids: Sequence[str]) -> Mapping[str, int]:
        """Removes everything of some leads; how many items of each name (`state`, `nurture`) there were."""

    def scan(self) -> Iterator[LeadState]:
        """Every lead's state."""

    def page(self, segment: int, segments: int, *, after: str, limit: int) -> Page:
        """The next items of one of so many parts of the table, by a consistent scan; a page may hold no state."""

    def ranked(self, stages: Sequence[str], *, below: str, limit: int) -> list[str]:
        """The highest rank keys of some stages under `below`, highest first, at most `limit` of them."""


class Records(Protocol):
    """The records table."""

    def put_decisions(self, decisions: Sequence[Decision]) -> None:
        """Stores decision records; storing one again changes nothing."""

    def decisions(self, lead_id: str) -> list[Decision]:
        """A lead's decisions, oldest first."""

    def drop_decisions(self, decisions: Sequence[Decision]) -> None:
        """Removes the records of some decisions; removing them again changes nothing."""

    def put_measures(self, days: Iterable[DayMeasures], *, as_of: datetime) -> int:
        """Replaces all day measures, writing only what differs; returns how many were written."""

    def measures(self) -> tuple[list[DayMeasures], datetime | None]:
        """All day measures, and when they were worked out; None where they never were."""

    def put_spend(self, lines: Sequence[Spend]) -> None:
        """Stores lines of spend; storing one again changes nothing."""

    def spend(self) -> list[Spend]:
        """All lines of spend, oldest first."""

    def put_engagement(self, counted: Engagement) -> None:
        """Stores what a sweep counted of its day, in the place of what was stored of it before."""

    def engagement(self) -> list[Engagement]:
        """What was counted of each day, oldest first."""


class Bus(Protocol):
    """The event bus."""

    def put(self, events: Sequence[Event]) -> None:
        """Puts events, entry by entry until each was taken; raises Unavailable where some were not."""


class Ports(Protocol):
    """Everything a use case may ask for; each adapter is made when it is first used."""

    @property
    def facts(self) -> Facts:
        """The activities table."""

    @property
    def merges(self) -> Merges:
        """Merges, in the activities table."""

    @property
    def accounts(self) -> Accounts:
        """Accounts and their leads, in the activities table."""

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
    def letters(self) -> DeadLetters:
        """The dead-letter queues."""

    @property
    def forgotten(self) -> Forgotten:
        """Who asked to be forgotten."""

    @property
    def bus(self) -> Bus:
        """The event bus."""

    @property
    def secrets(self) -> Secrets:
        """The webhook sources' secrets."""

    @property
    def models(self) -> Models:
        """The versions of the documents."""

    @property
    def runs(self) -> Runs:
        """Runs over all leads."""

    @property
    def hands(self) -> Hands:
        """Who does the work."""

    @property
    def published(self) -> Published:
        """What the invocation goes by, to its end."""

    @property
    def documents(self) -> Documents:
        """The published catalogue and models."""

    @property
    def portfolio(self) -> Portfolio:
        """The models, ready to score."""

    @property
    def retention_days(self) -> int:
        """How long counted facts count."""

    @property
    def fold_plus_tags(self) -> bool:
        """Whether an address with a plus tag is the same person as the one without."""

    def now(self) -> datetime:
        """The only clock, UTC."""
