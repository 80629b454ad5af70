"""Operators who publish while traffic goes on, and the runs that follow: one seed's course."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

import msgspec
from msgspec.structs import replace

from functions.sweep import handler as sweep
from leadlight.activity import is_account
from leadlight.activity.order_key import day_number
from leadlight.adapters.lead_items import bucket_of
from leadlight.model import Documents, encode
from leadlight.problems import Overtaken
from leadlight.releases import Told
from leadlight.runtime import releases
from leadlight.signals import SignalRule
from leadlight.state import codec, prune
from tests.simulation.checks import Breach, breaches
from tests.simulation.nights import wrong_nights
from tests.simulation.simulation import CONTEXT, Outcome, Simulation
from tests.simulation.world import documents

sweep.logger.setLevel("ERROR")
RATES = (1, 2, 600)  # of which follow pages of 2, 4 and 500 items


@cache
def variants() -> tuple[bytes, ...]:
    """Documents to publish: other points and thresholds; another meaning of activities; both."""
    shipped = documents()
    points = _with_model(shipped, 2, factor=3, threshold=20)
    catalogue = msgspec.structs.replace(
        shipped.catalogue,
        version=2,
        signals=(*shipped.catalogue.signals[1:], SignalRule("seen_again", "page_viewed")),
    )
    meaning = msgspec.structs.replace(shipped, catalogue=catalogue)
    both = _with_model(meaning, 3, factor=2, threshold=10)
    return tuple(encode(each) for each in (points, meaning, both))


def _with_model(found: Documents, version: int, *, factor: int, threshold: int) -> Documents:
    model = found.model
    signals = tuple(
        msgspec.structs.replace(each, points=tuple(point * factor for point in each.points)) for each in model.signals
    )
    lifecycle = tuple(
        msgspec.structs.replace(
            rule, score=threshold + place, falls_below=5 if rule.falls_below is not None else None, grade="D"
        )
        if rule.score is not None
        else rule
        for place, rule in enumerate(model.lifecycle)
    )
    changed = msgspec.structs.replace(
        model, version=version, signals=signals, lifecycle=lifecycle, engaged_within=version * 3
    )
    return msgspec.structs.replace(found, models=(changed,))


class Publishing(Simulation):
    """A simulation in which documents are published, by two operators at times, and some nights come in the end.

    Up to 33 days lie between two of them, in which leads fall silent.
    """

    settles = True

    def __init__(self, seed: int, **options: Any) -> None:
        super().__init__(seed, **options)
        self.publishes = self.random.randint(1, 3)
        self._patience = [self.random.choice((5, 50, 300)) for _ in range(self.publishes)]
        self.won: dict[int, set[tuple[int, int, tuple[Told, ...]]]] = {}
        self._nights = 3
        self._night_of: date | None = None
        self._operators = 0

    def run(self) -> Outcome:
        outcome = super().run()
        assert not self.world.runs.queue
        assert not self.world.runs.delayed
        return outcome

    def _next_start(self) -> Callable[[], None] | None:
        world, draw = self.world, self.random.random()
        self._settle()
        if self._patience and self.scheduler.steps >= self._patience[0]:
            self._patience.pop(0)
            return self._operate
        if world.runs.queue and draw < 0.5:
            return self._message
        start = super()._next_start()
        if start is not None:
            return start
        if world.runs.queue:
            return self._message
        if world.runs.delayed or self.scheduler.busy or self._patience or self._operators:
            return None if self.scheduler.busy else self._wait
        # One more where what came late moved the clock behind the last of them.
        if self._nights or self._night_of != world.clock.date():
            if self._nights:
                self._nights -= 1
                self._pass_days(self.random.choice((0, 1, 2, 9, 33)))
            self._night_of = world.clock.date()
            return partial(self._start, "nightly", lambda: sweep.lambda_handler({}, CONTEXT), self._again_nightly)
        return None

    def _pass_days(self, days: int) -> None:
        """A stream holds its records for one: what is older comes no more."""
        self._move_clock(self.world.clock + timedelta(days=days))
        if days:
            for stream in (self.world.activities_stream, self.world.leads_stream):
                for lane in stream.lanes:
                    lane.past.clear()

    def _again_nightly(self, answer: Any) -> None:
        if not isinstance(answer, dict):
            self._nights, self._night_of = self._nights + 1, None

    def _settle(self) -> None:
        """What was sent with the settling's delay comes once nobody can go by the documents before."""
        found = self.world.runs
        number = self.world.models.newest.release.number
        held = [getattr(each, "published", None) for each in self.scheduler._running]
        stale = any(each and each.release.number < number for each in held)
        over = self.scheduler.steps >= self.world.models.forgotten_at()
        if found.delayed and (not self.settles or (over and not stale)):
            found.queue += found.delayed
            found.delayed.clear()

    def _operate(self) -> None:
        """One operator, now and then two at once, who know of the release that is in force now."""
        after = self.world.models.newest.release.number
        for _ in range(self.random.choice((1, 1, 2))):
            raw = self.random.choice(variants())
            rate, announce = self.random.choice(RATES), self.random.choice(((), ("stages", "hand-offs"), ("scores",)))
            self._operators += 1
            self._publish(raw, after, rate, announce)

    def _publish(self, raw: bytes, after: int, rate: int, announce: tuple[Told, ...]) -> None:
        def work() -> Any:
            version = releases.draft(raw, self.world).version
            try:
                return releases.publish(version, self.world, after=after, rate=rate, announce=announce)
            except Overtaken:
                return None

        def done(answer: Any) -> None:
            if isinstance(answer, BaseException) and self.random.random() < 0.8:
                return self._publish(raw, after, rate, announce)  # the client did not hear
            self._operators -= 1
            if answer is not None and not isinstance(answer, BaseException):
                self.won.setdefault(answer.number, set()).add((answer.version, answer.rate, answer.announce))
            return None

        self._start(f"publish after {after}", work, done)

    def _message(self) -> None:
        queue = self.world.runs.queue
        body = queue.pop(int(self.random.random() * len(queue)))

        def done(answer: Any) -> None:
            if not isinstance(answer, dict) or self.random.random() < 0.1:
                queue.append(body)  # it comes again, now and then for no reason

        event = {"Records": [{"messageId": "m", "body": body}]}
        self._start("sweep", lambda: sweep.lambda_handler(event, CONTEXT), done)


def wrong(simulation: Publishing, outcome: Outcome) -> Iterator[Breach]:
    """What does not hold once the world is at rest."""
    changed = outcome.world.models.newest.documents.catalogue != outcome.world.models.shipped().catalogue
    for breach in breaches(outcome):
        if breach[0] != "counts" or not changed:  # counted by the shipped catalogue; "folds" by the newest one
            yield breach
    yield from not_in_force(simulation, outcome)


def not_in_force(simulation: Publishing, outcome: Outcome) -> Iterator[Breach]:
    """Two publishes that won at once, and leads that are not on what is in force."""
    world, newest = outcome.world, outcome.world.models.newest
    yield from (("two winners", repr(each)) for each in simulation.won.values() if len(each) > 1)
    today = day_number(world.clock)
    for state in world.leads.scan():
        if is_account(state.lead_id) or state.kin.root or state.totals is None:
            continue
        engine = newest.portfolio.of(state.fold, today)
        if state.model != engine.model.name:
            yield "model", f"{state.lead_id} {state.model}"
        if state.totals != engine.totals(state.fold, state.as_of):
            yield "score", f"{state.lead_id} {state.totals}"
        fold = codec.decode(codec.encode(state.fold))
        prune(fold, today - world.retention_days)  # what is past it, windows of this model reach behind: theirs may not
        fresh = engine.totals(fold, today)
        if (state.rank, state.totals.grade) != (bucket_of(replace(state, totals=fresh)), fresh.grade):
            yield "rank", f"{state.lead_id} {state.totals} not {fresh}"
    yield from ((promise, repr(rest)) for promise, *rest in wrong_nights(world))
