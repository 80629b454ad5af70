"""The ports in memory, as unreliable as AWS allows: what the real handlers run on in the simulation."""

from datetime import datetime
from functools import cache

import msgspec

from leadlight.activity import Kind
from leadlight.activity.order_key import day_number, day_text
from leadlight.adapters.lead_items import MOST_ITEM
from leadlight.model import Documents
from leadlight.model.document import read_documents
from leadlight.releases import Published
from leadlight.scoring import Portfolio
from tests.simulation.hands import SimulatedHands
from tests.simulation.memory_accounts import MemoryAccounts
from tests.simulation.memory_bus import MemoryBus
from tests.simulation.memory_facts import MemoryFacts
from tests.simulation.memory_failed_events import MemoryFailedEvents
from tests.simulation.memory_forgotten import MemoryForgotten
from tests.simulation.memory_leads import MemoryLeads
from tests.simulation.memory_letters import MemoryLetters
from tests.simulation.memory_merges import MemoryMerges
from tests.simulation.memory_models import MemoryModels, MemoryRuns
from tests.simulation.memory_records import MemoryRecords
from tests.simulation.memory_secrets import MemorySecrets
from tests.simulation.scheduler import Scheduler
from tests.simulation.tables import Record, Stream, Table

POISON = "#poison"


@cache
def documents() -> Documents:
    """The starter model and catalogue, read once per process. A burst of a seed is a rate that no person reaches."""
    read = read_documents()
    guard = msgspec.structs.replace(read.catalogue.guard, per_minute=7)
    return msgspec.structs.replace(read, catalogue=msgspec.structs.replace(read.catalogue, guard=guard))


@cache
def portfolio() -> Portfolio:
    return Portfolio(documents().models)


class World:
    """Everything a function can reach."""

    def __init__(self, scheduler: Scheduler, *, lanes: int, retention_days: int, start: datetime) -> None:
        self.scheduler = scheduler
        self.retention_days = retention_days
        self.fold_plus_tags = False
        self.most_item = MOST_ITEM
        self.clock = start
        self.activities_stream = Stream(lanes, passes=bool)  # TTL's records too: the code drops them
        self.leads_stream = Stream(2, passes=_has_outbox)
        self.facts = MemoryFacts(self, Table(self.activities_stream, "key"))
        self.merges = MemoryMerges(self, self.facts.table)
        self.accounts = MemoryAccounts(scheduler, self.facts.table)
        self.leads = MemoryLeads(self, Table(self.leads_stream, "item"))
        self.records = MemoryRecords(scheduler)
        self.failed = MemoryFailedEvents(self)
        self.letters = MemoryLetters(self)
        self.forgotten = MemoryForgotten(self)
        self.bus = MemoryBus(self)
        self.hands = SimulatedHands(scheduler)
        self.secrets = MemorySecrets()
        self.models = MemoryModels(scheduler, documents(), portfolio())
        self.runs = MemoryRuns(scheduler)

    @property
    def published(self) -> Published:
        return self.models.published()

    @property
    def documents(self) -> Documents:
        return self.published.documents

    @documents.setter
    def documents(self, other: Documents) -> None:
        self.models = MemoryModels(self.scheduler, other, Portfolio(other.models))

    @property
    def portfolio(self) -> Portfolio:
        return self.published.portfolio

    def now(self) -> datetime:
        return self.clock


def poison(world: World, lead_id: str, moment: datetime, number: int) -> None:
    """Puts what is no fact among a lead's facts."""
    key = f"{Kind.ACTIVITY}#{day_text(day_number(moment))}T12:00:00.000Z{POISON}{number}"
    body = '{"source": 1}' if number % 2 else "not JSON"
    if number % 3 == 2:  # reads well, and means nothing: a deal without a name
        key = f"{Kind.DEAL}#{day_text(day_number(moment))}T12:00:00.000Z{POISON}{number}"
        body = '{"source":"crm","id":"x","type":"deal_won","identities":[],"values":{}}'
    world.facts.table.put({"lead_id": {"S": lead_id}, "key": {"S": key}, "body": {"S": body}})


def _has_outbox(record: Record) -> bool:
    return "outbox" in record["dynamodb"].get("NewImage", {})
