"""Runs over all leads: one message per page and segment, each of which brings the next one. Any may come twice.

A page is done, then noted, then the next one is sent for. A message that comes again finds its page noted: it sends for
the next one again, in case that was lost, and does nothing else. Of two that do one page at once only one notes it.
So each lead is counted once, whatever comes twice.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from leadlight.activity import is_account
from leadlight.events import Event
from leadlight.events.event import MODEL_PUBLISHED, model_published
from leadlight.ports import Conflict, Ports, Unavailable
from leadlight.releases import Checkpoint, Models, Release, Run, Task, pace
from leadlight.runtime import engaged
from leadlight.runtime.patience import Patience
from leadlight.runtime.reconsider import Found, reconsider, resend
from leadlight.state import LeadState

SWEEP_RATE = 2_000  # leads per second, of a sweep


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
    """Begins the sweep of the day; where a publish is not through yet, sends again for what is left of that."""
    release = ports.models.latest()
    unfinished = progress(f"publish-{release.number}", ports)
    if release.number and (unfinished is None or not unfinished.done):
        return publish_run(release, ports)
    now = ports.now()
    segments, page, pause = pace(SWEEP_RATE)
    run = Run(
        id=f"sweep-{now.date()}",
        kind="sweep",
        release=release.number,
        begun_at=now.isoformat(),
        segments=segments,
        page=page,
        pause=pause,
    )
    return _begun(run, ports, delay=0)


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


def step(task: Task, ports: Ports, patience: Patience) -> dict[str, int]:
    """Does one page; returns what was counted: nothing where it was done before, or another release is in force.

    Raises:
        Unavailable: something could not be reached; the message comes again.
        Conflict: a lead was saved by others again and again; the same.
    """
    begun, run = ports.now(), ports.runs.get(task.run)
    if run is None or ports.models.latest().number != run.release:
        return {}  # the run of the newer release sees every lead
    if ports.models.published().release.number < run.release:
        raise Unavailable("what is in force was read before it was published")
    before = ports.runs.checkpoint(run.id, task.segment)
    if before.page >= task.page:
        if before.page == task.page:
            _go_on(run, before, ports, begun=begun)
        return {}
    after = _done(run, before, ports, patience)
    try:
        ports.runs.advance(run.id, after)
    except Conflict:
        return {}  # the same message in other hands was first
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
        counted.update(step(msgspec.json.decode(record["body"], type=Task), ports, patience))
    return counted


def _begun(run: Run, ports: Ports, *, delay: int) -> Run:
    ports.runs.begin(run, now=ports.now().timestamp())
    stored = ports.runs.get(run.id) or run
    for segment in range(stored.segments):
        at = ports.runs.checkpoint(stored.id, segment)
        if not at.done:
            ports.runs.send(Task(stored.id, segment, at.page + 1, at.after), delay=delay)
    return stored


def _done(run: Run, before: Checkpoint, ports: Ports, patience: Patience) -> Checkpoint:
    page = ports.leads.page(before.segment, run.segments, after=before.after, limit=run.page)
    counted: Counter[str] = Counter(seen=sum(not is_account(state.lead_id) for state in page.states))

    def brought(state: LeadState) -> Found:
        held = [state]  # serves once: an attempt leaves its mark on it

        def once() -> Found:
            known = held.pop() if held else ports.leads.get(state.lead_id, consistent=True)
            return reconsider(known, run, ports) if known else Found()

        return patience.insist(once)

    for found in ports.hands.abreast(brought, page.states):
        counted.update(written=found.written, decided=found.decided)
        counted.update(engaged.counts(found.state, run, ports))
    for enrollments in page.nurtured:
        counted["written"] += resend(enrollments, ports)
    return msgspec.structs.replace(
        before,
        page=before.page + 1,
        after=page.after,
        done=not page.after,
        **{name: getattr(before, name) + counted[name] for name in run.counted},
    )


def _go_on(run: Run, at: Checkpoint, ports: Ports, *, begun: datetime) -> None:
    """Sends for the next page; after the last one of all, what a sweep counted is kept.

    A page begins a pause after the one before it began, or when that is done.
    """
    if not at.done:
        pause = max(0, run.pause - int((ports.now() - begun).total_seconds()))
        ports.runs.send(Task(run.id, at.segment, at.page + 1, at.after), delay=pause)
    elif run.kind == "sweep" and (found := progress(run.id, ports)) and found.done:
        engaged.keep(run, found.counts, ports)
