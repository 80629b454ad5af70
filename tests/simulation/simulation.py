"""One seed: real handlers on the unreliable world, until every stream is drained and every outbox is published."""

import logging
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from random import Random
from typing import Any, NamedTuple

import msgspec

from functions.ingest import handler as ingest
from functions.nurture import handler as nurture
from functions.publish import handler as publish
from functions.rescore import handler as rescore
from leadlight.activity import Identity, lead_id_of
from leadlight.adapters.lead_items import MOST_ITEM
from leadlight.runtime import wiring
from leadlight.state import LeadState
from tests.simulation.hands import Waning
from tests.simulation.requests import Request, email_of, http_event, names
from tests.simulation.scheduler import Scheduler
from tests.simulation.tables import LARGEST_BATCH, Lane
from tests.simulation.traffic import DAYS, START, Traffic
from tests.simulation.world import World, poison

nurture.logger.setLevel("ERROR")


class Context(NamedTuple):
    """What Lambda tells a function about its invocation."""

    function_name: str = "simulated"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:111111111111:function:simulated"
    aws_request_id: str = "simulated"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


CONTEXT = Context()
MOST_BACK = 20  # records
LONGEST = timedelta(hours=3)  # no invocation sees more time go by than that
Done = Callable[[Any], None]


class Cut(NamedTuple):
    """What is run of a seed: the requests that are kept (None: all), the most faults, and another course where salted."""

    kept: tuple[int, ...] | None = None
    faults: float = 1.0
    salt: int = 0


FAULTS = (0.0, 0.02, 0.02, 0.05, 0.15)  # of all I/O calls
WHOLE = Cut()


class Due(NamedTuple):
    """A request and when it is sent; the number keeps the order of equals."""

    moment: datetime
    number: int
    request: Request


@dataclass
class Outcome:
    """What is left to look at once the world is at rest."""

    world: World
    traffic: Traffic
    answers: list[tuple[Request, dict[str, Any]]]
    poisoned: int
    errors: list[BaseException]

    @cached_property
    def states(self) -> list[LeadState]:
        """Every lead's state, read once."""
        return list(self.world.leads.scan())


class Simulation:
    """One seed's run."""

    def __init__(
        self,
        seed: int,
        *,
        trace: list[str] | None = None,
        traffic: Callable[..., Traffic] = Traffic,
        tangled: bool | None = None,
        cut: Cut = WHOLE,
    ) -> None:
        self.random = random = Random(seed)
        self._seed, self._cut = seed, cut
        faults = random.choice(FAULTS)
        self.scheduler = Scheduler(
            random,
            faults=min(faults, cut.faults),
            switches=random.choice((0.2, 0.5, 0.8)),
            at_once=random.choice((3, 4, 8)),
        )
        self.scheduler.trace = trace
        drawn = random.random() < 0.33
        tangled = drawn if tangled is None else tangled
        self.world = World(
            self.scheduler,
            lanes=random.randint(1, 4),
            # A fold that is made anew from the facts can't know of those that are expired.
            retention_days=random.choice((400, 40) if tangled else (400, 40, 10)),
            start=START,
        )
        self.world.most_item = random.choice((MOST_ITEM, 200, 0))  # how much of a history stands apart
        self.traffic = traffic(random, tangled=tangled)
        self.tangled = tangled
        if tangled:
            self._keep_longer()
        self._named = {lead_id_of(name): name for lead in range(self.traffic.leads) for name in names(lead)}
        self.due: list[Due] = []
        self.numbers = 0
        self.answers: list[tuple[Request, dict[str, Any]]] = []
        self.errors: list[BaseException] = []
        self.poisoned = 0
        self._answered: set[str] = set()
        self._entries_seen = 0
        self._eagerness = random.choice((0.15, 0.4, 0.7))
        self._again = random.choice((0.0, 0.05, 0.15))
        self._goes_back = random.choice((0.0, 0.004, 0.012))  # at how many records a lane's consumer loses its progress
        self._strays = random.choice((0.0, 0.0, 0.03))  # how often another one takes a lane while the first still works
        self.planned = 0
        mappings = (
            ("rescore", rescore.lambda_handler, self.world.activities_stream),
            ("publish", publish.lambda_handler, self.world.leads_stream),
        )
        self._lanes = [(lane, name, handler) for name, handler, stream in mappings for lane in stream.lanes]

    def run(self) -> Outcome:
        """Runs to rest."""
        before, level = wiring.ports(), logging.root.manager.disable
        wiring.use(self.world)
        logging.disable()  # thousands of throttles are no news
        try:
            self.traffic.kept = timedelta(days=self.world.retention_days)
            plan = self.traffic.plan()
            self.planned = len(plan)
            for place in range(len(plan)) if self._cut.kept is None else self._cut.kept:
                self._send(*plan[place])
            if self._cut.salt:
                self.random.seed(f"{self._seed} {self._cut.salt}")
            self.scheduler.run(self._next_start)
        finally:
            wiring.use(before)
            logging.disable(level)
        return Outcome(self.world, self.traffic, self.answers, self.poisoned, self.errors)

    def _next_start(self) -> Callable[[], None] | None:
        draw = self.random.random()
        ready = bool(self.due) and not (self.scheduler.busy and self.due[0].moment - self.world.clock > LONGEST)
        if ready and draw < self._eagerness:
            return self._request
        steps = self.scheduler.steps
        waiting = [lane for lane in self._lanes if lane[0].records]
        lanes = [lane for lane in waiting if lane[0].rests_until <= steps and not lane[0].busy]
        starts = len(lanes) + bool(self.world.bus.undelivered)
        if starts:
            place = int(self.random.random() * starts)
            return partial(self._batch, *lanes[place]) if place < len(lanes) else self._deliver
        if ready:
            return self._request
        return self._wait if waiting else None

    def _keep_longer(self) -> None:
        """Facts are kept long enough to be there when a fold is made anew from them."""
        if self.traffic.spread > DAYS:
            self.world.retention_days = 400

    def _wait(self) -> None:
        """Nothing to do but to let lanes rest."""

    def _send(self, moment: datetime, request: Request) -> None:
        self.numbers += 1
        insort(self.due, Due(moment, self.numbers, request))

    def _later(self, days: float) -> datetime:
        return self.world.clock + timedelta(days=self.random.random() * days)

    def _request(self) -> None:
        due = self.due.pop(0)
        world, request = self.world, due.request
        self._move_clock(due.moment)
        event = http_event(request, due.number)

        def done(answer: Any) -> None:
            if not isinstance(answer, dict) or answer["statusCode"] >= 500:
                self._send(self._later(0.4), request)  # the client did not hear that it is safe
                return
            self.answers.append((request, answer))
            if not request.repeated and self.random.random() < 0.12:
                # Once, and soon: an untimed activity is known again only while its fact is kept.
                request.repeated = True
                self._send(self._later(4), request)

        if self.random.random() < 0.01:
            poison(world, lead_id_of(Identity("email", email_of(0))), world.clock, self.poisoned)
            self.poisoned += 1
        self._start(f"ingest {due.number}", lambda: ingest.lambda_handler(event, CONTEXT), done)

    def _batch(self, lane: Lane, name: str, handler: Callable[..., Any]) -> None:
        size = min(len(lane.records), lane.most, self.random.choice((1, 2, 5, LARGEST_BATCH)))
        records = [lane.records[place] for place in range(size)]
        lane.busy = self.random.random() >= self._strays

        def done(answer: Any) -> None:
            lane.busy = False
            lane.most = min(2 * lane.most, LARGEST_BATCH) if isinstance(answer, dict) else max(1, size // 2)
            again = not isinstance(answer, dict) or self.random.random() < self._again
            if again:  # the whole batch; now and then for no reason
                lane.rests_until = self.scheduler.steps + self.random.choice((0, 10, 80))
                return
            failures = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            for record in records:
                if record["dynamodb"]["SequenceNumber"] in failures or not lane.passed(record):
                    break
            if self.random.random() < self._goes_back * size:
                lane.go_back(self.random.randint(1, MOST_BACK))
            if name == "publish":
                self._sales()

        self._start(f"{name} {size}", lambda: handler({"Records": records}, Waning(self.random)), done)

    def _deliver(self) -> None:
        events = self.world.bus.undelivered
        place = int(self.random.random() * len(events))
        event = events[place]
        events[place] = events[-1]
        events.pop()
        detail = msgspec.json.decode(event.detail)
        envelope = {"id": detail["id"], "source": "leadlight", "detail-type": event.detail_type, "detail": detail}

        def done(answer: Any) -> None:
            if answer is not None or self.random.random() < 0.05:
                self.world.bus.undelivered.append(event)

        self._start(f"nurture {detail['id']}", lambda: nurture.lambda_handler(envelope, CONTEXT), done)

    def _sales(self) -> None:
        """Sales hears of hand-offs, and mostly answers."""
        entries = self.world.bus.entries
        for event in entries[self._entries_seen :]:
            if event.detail_type != "Lead Handed Off":
                continue
            detail = msgspec.json.decode(event.detail)
            name = detail["hand_off"]
            if name not in self._answered and self.random.random() < 0.8:
                self._answered.add(name)
                moment = self._later(2)
                self._send(moment, self.traffic.answer(name, self._named[detail["lead_id"]], moment))
        self._entries_seen = len(entries)

    def _move_clock(self, moment: datetime) -> None:
        world = self.world
        if moment > world.clock:
            if moment.date() > world.clock.date():
                world.facts.table.expire(int(moment.timestamp()))
            world.clock = moment

    def _start(self, name: str, work: Callable[[], Any], done: Done) -> None:
        def noted(outcome: Any) -> None:
            if isinstance(outcome, Exception):
                self.errors.append(outcome)
            done(outcome)

        self.scheduler.start(name, work, noted)
