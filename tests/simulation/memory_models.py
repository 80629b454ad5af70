"""Published documents, runs and their queue in memory: what functions believe to be in force may be some steps old."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec
from greenlet import getcurrent

from leadlight.ports import Conflict
from leadlight.releases import Checkpoint, Published, Release, Run, Task, Version
from leadlight.scoring import Portfolio

if TYPE_CHECKING:
    from leadlight.model import Documents
    from tests.simulation.scheduler import Scheduler

KEPT_STEPS = 60


class MemoryModels:
    """Each invocation goes by what it was told first: the newest release, or one that was in force some steps ago."""

    def __init__(self, scheduler: Scheduler, shipped: Documents, portfolio: Portfolio) -> None:
        self._scheduler = scheduler
        self._shipped = shipped
        self._contents: dict[int, tuple[Version | None, Documents]] = {0: (None, shipped)}
        self._releases = [Release(0, 0)]
        self._since = [0]
        self._portfolios: dict[int, Portfolio] = {0: portfolio}

    def published(self) -> Published:
        me = getcurrent()
        if me.parent is None:  # nobody's invocation: in a world without faults
            return self.newest
        held: Published | None = getattr(me, "published", None)
        if held is None:
            held = me.published = self._told()
        return held

    def of(self, number: int) -> Published:
        """A release, whoever may know of it."""
        release = self._releases[number]
        found = Published(release, self._contents[release.version][1])
        found.__dict__["portfolio"] = self._portfolios[release.version]  # made ready once per process
        return found

    @property
    def newest(self) -> Published:
        """What is in force."""
        return self.of(-1)

    def forgotten_at(self) -> int:
        """The step from which on nobody is told of the release before any more."""
        return self._since[-1] + KEPT_STEPS

    def latest(self) -> Release:
        return self._scheduler.call("get release", lambda: self._releases[-1])

    def releases(self) -> list[Release]:
        return self._scheduler.call("query releases", lambda: self._releases[1:])

    def versions(self) -> list[Version]:
        def query() -> list[Version]:
            return [version for version, _ in self._contents.values() if version]

        return self._scheduler.call("query versions", query)

    def publish(self, release: Release) -> None:
        def put() -> None:
            if not release.number and not self._releases[0].catalogue:
                self._releases[0] = release
                return
            if release.number != len(self._releases):
                raise Conflict("the number is taken")
            self._releases.append(release)
            self._since.append(self._scheduler.steps)

        self._scheduler.call("put release", put, conditional=True)

    def draft(self, version: Version, documents: Documents) -> None:
        def put() -> None:
            if version.version in self._contents:
                raise Conflict("the number is taken")
            self._contents[version.version] = (version, documents)
            self._portfolios[version.version] = portfolio_of(documents)

        self._scheduler.call("put version", put, conditional=True)

    def documents(self, version: Version) -> Documents:
        return self._contents[version.version][1]

    def shipped(self) -> Documents:
        return self._shipped

    def deploy(self, documents: Documents) -> None:
        """Other documents come with the layer."""
        self._shipped, self._contents[0] = documents, (None, documents)
        self._portfolios[0] = portfolio_of(documents)

    def _told(self) -> Published:
        """Without a second release nothing is drawn: seeds stay the courses of events that they were."""
        newest = len(self._releases) - 1
        oldest = newest
        while oldest and self._scheduler.steps - self._since[oldest] < KEPT_STEPS:
            oldest -= 1
        return self.of(self._scheduler.random.randint(oldest, newest) if oldest < newest else newest)


@cache
def _portfolio(raw: bytes) -> Portfolio:
    from leadlight.model import decode  # noqa: PLC0415

    return Portfolio(decode(raw).models)


def portfolio_of(documents: Documents) -> Portfolio:
    """Made ready once per process, whatever the seed."""
    from leadlight.model import encode  # noqa: PLC0415

    return _portfolio(encode(documents))


class MemoryRuns:
    """Runs, and a queue that delivers at least once and in any order. `delayed` waits for the settling of a publish."""

    settle_seconds = 90

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.runs: dict[str, Run] = {}
        self.checkpoints: dict[tuple[str, int], Checkpoint] = {}
        self.queue: list[str] = []
        self.delayed: list[str] = []

    def begin(self, run: Run, *, now: float) -> None:
        self._scheduler.call("put run", lambda: self.runs.setdefault(run.id, run))
        for segment in range(run.segments):
            key = (run.id, segment)
            self._scheduler.call(
                "put segment",
                lambda key=key: self.checkpoints.setdefault(key, Checkpoint(key[1])),  # type: ignore[misc]
            )

    def get(self, run_id: str) -> Run | None:
        return self._scheduler.call("get run", lambda: self.runs.get(run_id))

    def checkpoint(self, run_id: str, segment: int) -> Checkpoint:
        return self._scheduler.call("get segment", lambda: self.checkpoints.get((run_id, segment), Checkpoint(segment)))

    def advance(self, run_id: str, checkpoint: Checkpoint) -> None:
        def put() -> None:
            key = (run_id, checkpoint.segment)
            if self.checkpoints[key].page != checkpoint.page - 1:
                raise Conflict("the page was noted")
            self.checkpoints[key] = checkpoint

        self._scheduler.call("put segment", put, conditional=True)

    def send(self, task: Task, *, delay: int) -> None:
        body = msgspec.json.encode(task).decode()
        queue = self.delayed if delay == self.settle_seconds else self.queue
        self._scheduler.call("send message", lambda: queue.append(body))
