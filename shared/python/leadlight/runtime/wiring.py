"""The composition root: which adapter serves which port. Adapters are made on first use, once per process."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING

from leadlight.failed import DeadLetters, FailedEvents
from leadlight.forgotten import Forgotten
from leadlight.model import Documents, decode
from leadlight.ports import Accounts, Bus, Facts, Leads, Merges, Ports, Records, Unavailable
from leadlight.releases import Models, Published, Runs
from leadlight.runtime.environment import Environment

if TYPE_CHECKING:
    from leadlight.hands import Hands
    from leadlight.scoring import Portfolio
    from leadlight.sources.request import Secrets


class AwsPorts:
    """The ports on AWS. Imports stand where they are used: a function pays only for what it needs."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._published: Published | None = None

    def begin(self) -> None:
        """An invocation begins."""
        self._published = None

    @cached_property
    def facts(self) -> Facts:
        """The activities table."""
        from leadlight.adapters.facts import DynamoFacts  # noqa: PLC0415

        return DynamoFacts(self._environment.activities_table, self._environment.retention_days)

    @cached_property
    def merges(self) -> Merges:
        """Merges, in the activities table."""
        from leadlight.adapters.merges import DynamoMerges  # noqa: PLC0415

        environment = self._environment
        return DynamoMerges(environment.activities_table, environment.leads_table, environment.retention_days)

    @cached_property
    def accounts(self) -> Accounts:
        """Accounts and their leads, in the activities table."""
        from leadlight.adapters.accounts import DynamoAccounts  # noqa: PLC0415

        return DynamoAccounts(self._environment.activities_table)

    @cached_property
    def leads(self) -> Leads:
        """The leads table."""
        from leadlight.adapters.leads import DynamoLeads  # noqa: PLC0415

        return DynamoLeads(self._environment.leads_table)

    @cached_property
    def records(self) -> Records:
        """The records table."""
        from leadlight.adapters.records import DynamoRecords  # noqa: PLC0415

        return DynamoRecords(self._environment.records_table)

    @cached_property
    def failed(self) -> FailedEvents:
        """Failed events: their bodies in the bucket, their list in the records table."""
        from leadlight.adapters.failed_events import StoredFailedEvents  # noqa: PLC0415

        return StoredFailedEvents(self._environment.bucket, self._environment.records_table)

    @cached_property
    def letters(self) -> DeadLetters:
        """The dead-letter queues."""
        from leadlight.adapters.letters import SqsLetters  # noqa: PLC0415

        return SqsLetters(self._environment.failure_queues)

    @cached_property
    def forgotten(self) -> Forgotten:
        """Who asked to be forgotten, in the records table."""
        from leadlight.adapters.forgotten import KeyedForgotten  # noqa: PLC0415

        return KeyedForgotten(self._environment.records_table, self._environment.forgotten_secret)

    @cached_property
    def bus(self) -> Bus:
        """The event bus."""
        from leadlight.adapters.bus import EventBridgeBus  # noqa: PLC0415

        return EventBridgeBus(self._environment.bus)

    @cached_property
    def secrets(self) -> "Secrets":
        """The sources' secrets."""
        from leadlight.adapters.secrets import CachedSecrets  # noqa: PLC0415

        return CachedSecrets(self._environment.secrets_prefix)

    @cached_property
    def models(self) -> Models:
        """The versions of the documents, in the records table."""
        from leadlight.adapters.models import StoredModels  # noqa: PLC0415

        environment = self._environment
        return StoredModels(environment.records_table, shipped=_shipped, kept_seconds=environment.documents_seconds)

    @cached_property
    def runs(self) -> Runs:
        """Runs over all leads: their progress in the records table, their tasks in a queue."""
        from leadlight.adapters.runs import QueuedRuns  # noqa: PLC0415

        environment = self._environment
        return QueuedRuns(environment.records_table, environment.runs_queue, settle_seconds=environment.settle_seconds)

    @cached_property
    def hands(self) -> "Hands":
        """Threads."""
        from leadlight.adapters.threads import Threads  # noqa: PLC0415

        return Threads()

    @property
    def published(self) -> Published:
        """What is in force. An invocation goes by what it was told first to its end, whatever is published then."""
        if self._published is None:
            self._published = self.models.published()
        return self._published

    @property
    def documents(self) -> Documents:
        """The catalogue and the models in force."""
        return self.published.documents

    @property
    def portfolio(self) -> "Portfolio":
        """The models in force, each ready to score when it is first needed."""
        return self.published.portfolio

    @property
    def retention_days(self) -> int:
        """How long counted facts count."""
        return self._environment.retention_days

    @property
    def fold_plus_tags(self) -> bool:
        """Whether an address with a plus tag is the same person as the one without."""
        return self._environment.fold_plus_tags

    def now(self) -> datetime:
        """The only clock."""
        return datetime.now(UTC)


@cache
def _shipped() -> Documents:
    """What came with the layer."""
    return decode(resources.files("leadlight.model").joinpath("published.json").read_bytes())


_ENVIRONMENT = Environment()
_current: Ports = AwsPorts(_ENVIRONMENT)


def ports() -> Ports:
    """The ports of this process, for the invocation that begins."""
    if isinstance(_current, AwsPorts):
        _current.begin()
    return _current


def use(other: Ports) -> None:
    """Puts other ports in their place: an in-memory world, in a simulation."""
    global _current  # noqa: PLW0603 - one process, one world
    _current = other


def prepare(*names: str) -> None:
    """Makes adapters while a sandbox starts, when the CPU is free. Outside of one it does nothing.

    What is in force is asked of a table: where that is throttling, the first request asks again, and can say so.
    """
    if _ENVIRONMENT.in_lambda:
        for name in names:
            with suppress(Unavailable):
                getattr(_current, name)
