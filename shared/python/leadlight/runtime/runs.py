"""Runs over all leads: one message per page and segment, each of which brings the next one. Any may come twice.

A page is done, then noted, then the next one is sent for. A message that comes again finds its page noted: it sends for
the next one again, in case that was lost, and does nothing else. Of two that do one page at once only one notes it.
So each lead is counted once, whatever comes twice.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from leadlight.events import Event
from leadlight.events.event import MODEL_PUBLISHED, model_published
from leadlight.ports import Conflict, Ports, Unavailable
from leadlight.releases import Checkpoint, Models, Release, Run, Task, pace
from leadlight.runtime import engaged, folded_by, pages
from leadlight.runtime.patience import Patience

SWEEP_RATE = 2_000  # leads per second, of a sweep
_OVERTAKEN = 20  # publishes that a night looks back at
_KEPT = timedelta(days=399)  # runs of a publish were once removed a day later


class Progress(NamedTuple):
    """How far a run is."""

    run: Run
    checkpoints: list[Checkpoint]

    @property
    def done(self) -> bool:
        """Whether every lead was seen."""
        return all(each.done for each in self.checkpoints)

    @property
    def counts(self) -> dict[str, int]:
        """What was counted so far."""
        return {name: sum(getattr(each, name) for each in self.checkpoints) for name in self.run.counted}


def publish_run(release: Release, ports: Ports) -> Run:
    """Begins the run of a release, or sends again for what is left of it; and announces the release.

    The first messages come once nobody goes by the documents before any more.
    """
    segments, page, pause = pace(release.rate)
    run = Run(
        id=f"publish-{release.number}",
        kind="publish",
        release=release.number,
        begun_at=release.published_at,
        segments=segments,
        page=page,
        pause=pause,
        announce=release.announce,
        from_facts=release.from_facts,
    )
    models, catalogue = named(release.version, ports.models)
    ports.bus.put([Event(MODEL_PUBLISHED, model_published(release, models=models, catalogue=catalogue))])
    return _begun(run, ports, delay=ports.runs.settle_seconds)


def nightly(ports: Ports) -> Run:
    """Begins the sweep of the day; where a publish is not through yet, sends again for what is left of that first.

    The sweep then waits for the end of the publish: before, it would announce what the publish is silent about, and
    count by folds that are not made anew yet.
    """
    folded_by.note(ports)
    release, now = ports.models.latest(), ports.now()
    segments, page, pause = pace(SWEEP_RATE)
    run = Run(
        id=_sweep_of(now),
        kind="sweep",
        release=release.number,
        begun_at=now.isoformat(),
        segments=segments,
        page=page,
        pause=pause,
    )
    ports.runs.begin(run, now=now.timestamp())  # whoever ends the publish from now on finds it
    _end_overtaken(release, ports)
    return _sent(run, ports, delay=0) if finished(release, ports) else publish_run(release, ports)


def finished(release: Release, ports: Ports) -> bool:
    """Whether every lead was brought on a release."""
    if not release.number:
        return True
    found = progress(f"publish-{release.number}", ports)
    return bool(found and found.done) or ports.now() - datetime.fromisoformat(release.published_at) > _KEPT


def progress(run_id: str, ports: Ports) -> Progress | None:
    """How far a run is; None where it never began."""
    run = ports.runs.get(run_id)
    return Progress(run, [ports.runs.checkpoint(run_id, n) for n in range(run.segments)]) if run else None


def named(version: int, models: Models) -> tuple[list[str], int]:
    """The models of a version as `id@version`, and the version of its catalogue."""
    if not version:
        shipped = models.shipped()
        return [model.name for model in shipped.models], shipped.catalogue.version
    found = next(each for each in models.versions() if each.version == version)
    return list(found.models), found.catalogue


def step(task: Task, ports: Ports, patience: Patience, *, attempt: int = 1) -> dict[str, int]:
    """Does one page; returns what was counted: nothing where it was done before, or another release is in force.

    Args:
        task: the message.
        ports: the world.
        patience: how much time there is.
        attempt: how often the message came, this time included.

    Raises:
        Unavailable: something could not be reached, or a lead was saved by others again and again; the message comes
            again.
    """
    begun, run = ports.now(), ports.runs.get(task.run)
    if run is None:
        return {}
    if ports.models.latest().number != run.release:
        _end(run, task.segment, ports)
        return {}  # the run of the newer release sees every lead
    if ports.published.release.number < run.release:
        raise Unavailable("what is in force was read before it was published")
    before = ports.runs.checkpoint(run.id, task.segment)
    if before.page >= task.page:
        if before.page == task.page:
            _go_on(run, before, ports, begun=begun)
        return {}
    after = pages.done(run, before, ports, patience, attempt=attempt)
    try:
        ports.runs.advance(run.id, after)
    except Conflict:
        # The same message in other hands was first; or the client, whose first attempt went through unheard.
        noted = ports.runs.checkpoint(run.id, task.segment)
        if noted.page == task.page:
            _go_on(run, noted, ports, begun=begun)
        return {}
    _go_on(run, after, ports, begun=begun)
    return {name: getattr(after, name) - getattr(before, name) for name in run.counted}


def handle(event: Mapping[str, Any], ports: Ports, *, left: Callable[[], int]) -> dict[str, int]:
    """A message of the queue, or the clock's call; returns what was counted.

    Args:
        event: messages, under `Records`; without them it is the clock's.
        ports: the world.
        left: the milliseconds until the invocation is cut off.
    """
    if "Records" not in event:
        run = nightly(ports)
        return {"segments": run.segments}
    counted: Counter[str] = Counter()
    patience = Patience.of(ports.hands, left)
    for record in event["Records"]:
        attempt = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
        counted.update(step(msgspec.json.decode(record["body"], type=Task), ports, patience, attempt=attempt))
    return counted


def _begun(run: Run, ports: Ports, *, delay: int) -> Run:
    ports.runs.begin(run, now=ports.now().timestamp())
    return _sent(run, ports, delay=delay)


def _sent(run: Run, ports: Ports, *, delay: int) -> Run:
    """Sends for what is left of a run, as it is stored."""
    stored = ports.runs.get(run.id) or run
    for segment in range(stored.segments):
        at = ports.runs.checkpoint(stored.id, segment)
        if not at.done:
            ports.runs.send(Task(stored.id, segment, at.page + 1, at.after), delay=delay)
    return stored


def _go_on(run: Run, at: Checkpoint, ports: Ports, *, begun: datetime) -> None:
    """Sends for the next page; after the last one of all, what a sweep counted is kept.

    The last one of a publish sends for the sweep that waited for it.
    A page begins a pause after the one before it began, or when that is done.
    """
    if not at.done:
        pause = max(0, run.pause - int((ports.now() - begun).total_seconds()))
        ports.runs.send(Task(run.id, at.segment, at.page + 1, at.after), delay=pause)
    elif (found := progress(run.id, ports)) and found.done:
        if run.kind == "sweep":
            engaged.keep(run, found.counts, ports)
        elif (sweep := ports.runs.get(_sweep_of(ports.now()))) and sweep.release == run.release:
            _begun(sweep, ports, delay=0)


def _sweep_of(moment: datetime) -> str:
    return f"sweep-{moment.date()}"


def _end_overtaken(release: Release, ports: Ports) -> None:
    """Ends the publishes that this one overtook; those of long ago were ended by the nights since."""
    for number in range(release.number - 1, max(0, release.number - 1 - _OVERTAKEN), -1):
        found = progress(f"publish-{number}", ports)
        if found is None or found.done:
            continue
        for segment in range(found.run.segments):
            _end(found.run, segment, ports)


def _end(run: Run, segment: int, ports: Ports) -> None:
    """Ends a segment of a run that goes on no more: it keeps no lead's id, which nobody would find to erase."""
    at = ports.runs.checkpoint(run.id, segment)
    if at.after:
        with suppress(Conflict):  # a page that was under way is noted; its next message ends it
            ports.runs.advance(run.id, msgspec.structs.replace(at, page=at.page + 1, after=""))
