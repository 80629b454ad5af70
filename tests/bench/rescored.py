"""What it takes to rescore every lead: a model is published, and the next night's sweep; real handler and adapters.

Nine leads of ten have done 20 things in two months, the tenth 200 in a year, which lie in a history beside its state.
What a run takes once, some forty units, is not in it.
The new model gives half as many points again to each signal: every stored score names another model, and most change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from io import StringIO
from random import Random

import msgspec

from functions.sweep import handler as sweep
from leadlight.activity import is_account
from leadlight.adapters.models import StoredModels
from leadlight.adapters.runs import QueuedRuns
from leadlight.model import Documents, encode
from leadlight.model.document import read_documents
from leadlight.releases import RATE, Published
from leadlight.runtime import releases
from leadlight.scoring import Portfolio
from tests.bench import traffic
from tests.bench.row import Row, row
from tests.bench.units import fill
from tests.bench.world import World, world

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SETTLE = 90
KEPT = 15
FUNCTIONS = ("sweep", "publish")
EDITED = "pricing_page"
ONE, ALL, NIGHT = "one criterion changed", "every criterion changed", "the next night's sweep"
SHIPPED = read_documents()


class Operated(World):
    """A world in which models are published."""

    @cached_property
    def models(self) -> StoredModels:
        return StoredModels("records", shipped=lambda: SHIPPED, kept_seconds=KEPT, clock=self._seconds)

    def _seconds(self) -> float:
        return self.clock.timestamp()

    @cached_property
    def runs(self) -> QueuedRuns:
        return QueuedRuns("records", "https://queue.example.com", settle_seconds=SETTLE)

    @property
    def published(self) -> Published:
        return self.models.published()

    @property
    def documents(self) -> Documents:
        return self.published.documents

    @property
    def portfolio(self) -> Portfolio:
        return self.published.portfolio


@dataclass(frozen=True)
class Rescored:
    """What one lead took, on average. `written` and `scored`, with another score, are shares of all leads."""

    leads: int
    wru: float
    rru: float
    index_wru: float
    written: float
    scored: float
    invocations: Mapping[str, float]  # by function, as are the next two
    calls: Mapping[str, float]
    cpu_ms: Mapping[str, float]
    events: float
    log_bytes: float


def measure(*, leads: int, seed: int = 1) -> tuple[Rescored, Rescored, Rescored]:
    """A small edit, the sweep of the night after it, and an edit of everything."""
    random = Random(seed)
    with world(NOW, Operated) as made:
        assert isinstance(made, Operated)
        for number in range(leads):
            count, days = (200, 360) if number % 10 == 9 else (20, 60)
            fill(made, list(traffic.history(random, f"lead{number}", count, until=NOW, days=days)))
        edited = _metered(made, partial(_publish, only=EDITED))
        return edited, _metered(made, _night), _metered(made, _publish)


def rows(*, quick: bool) -> tuple[list[Row], dict[str, Rescored]]:
    """Units and CPU for each lead, by what is done to all of them."""
    edited, night, all_of_it = measure(leads=20 if quick else 1000)
    done = {ONE: edited, ALL: all_of_it, NIGHT: night}
    found = []
    for name, each in done.items():
        found += [
            row(f"DynamoDB writes per lead rescored, {name}", each.wru, "WRU"),
            row(f"of which the ranking index, {name}", each.index_wru, "WRU"),
            row(f"DynamoDB reads per lead rescored, {name}", each.rru, "RRU"),
            row(f"leads written, {name}", each.written, "of all leads"),
            row(f"leads with another score, {name}", each.scored, "of all leads"),
            row(f"leads of a page per second of CPU, {name}", 1000 / each.cpu_ms["sweep"], "leads/s"),
        ]
    return found, done


def _publish(made: Operated, *, only: str = "") -> None:
    """The next version of the model: half as many points again for one criterion, or for all."""
    model, number = made.documents.model, made.models.latest().number
    signals = tuple(
        msgspec.structs.replace(each, points=tuple(point * 3 // 2 for point in each.points))
        if only in ("", each.id)
        else each
        for each in model.signals
    )
    assert signals != model.signals
    changed = msgspec.structs.replace(model, version=model.version + 1, signals=signals)
    version = releases.draft(encode(msgspec.structs.replace(SHIPPED, models=(changed,))), made)
    releases.publish(version.version, made, after=number, rate=RATE, announce=())
    made.clock += timedelta(seconds=SETTLE)


def _night(made: Operated) -> None:
    made.clock += timedelta(hours=14)
    made.invoke("sweep", {})


def _metered(made: Operated, begin: Callable[[Operated], None]) -> Rescored:
    tables = made.tables
    before, log = _scores(made), StringIO()
    begin(made)
    made.reset()
    shown = sweep.logger.registered_handler.setStream(log)  # type: ignore[attr-defined] # powertools' is a StreamHandler
    while tables.queue:
        made.invoke("sweep", {"Records": [{"body": tables.queue.pop(0)}]})
        made.publish()
    sweep.logger.registered_handler.setStream(shown)  # type: ignore[attr-defined]
    after, meter = _scores(made), tables.meter
    count = len(after)
    return Rescored(
        leads=count,
        wru=sum(meter.writes.values()) / count,
        rru=sum(meter.reads.values()) / count,
        index_wru=meter.writes.get("leads index", 0) / count,
        written=sum(version != before[lead_id][0] for lead_id, (version, _) in after.items()) / count,
        scored=sum(score != before[lead_id][1] for lead_id, (_, score) in after.items()) / count,
        invocations={name: made.invocations[name] / count for name in FUNCTIONS},
        calls={name: made.calls[name] / count for name in FUNCTIONS},
        cpu_ms={name: made.cpu[name] / count * 1000 for name in FUNCTIONS},
        events=meter.events / count,
        log_bytes=len(log.getvalue()) / count,
    )


def _scores(made: World) -> dict[str, tuple[str, str]]:
    """Version and score of each lead."""
    leads = made.tables.items("leads").items()
    return {
        lead_id: (items["state"]["version"]["N"], items["state"]["score"]["S"].partition(" ")[0])
        for lead_id, items in leads
        if not is_account(lead_id)
    }
