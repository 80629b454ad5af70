"""A page of a run: its leads side by side, a share after the other while there is time.

A lead that fails whenever it is tried keeps nobody back: it is counted, and kept as a failed event that is replayed
once its cause was mended. So is one that no invocation has the time for: each time that a page comes again, half as
many of its leads are tried, until that one is the first and alone.
"""

import logging
from collections import Counter
from functools import partial

import msgspec

from leadlight.activity import is_account
from leadlight.adapters.lead_items import STATE
from leadlight.failed import FAILED, RUN, FailedEvent
from leadlight.ports import Conflict, Ports, Unavailable
from leadlight.releases import Checkpoint, Placed, Run
from leadlight.runtime import engaged
from leadlight.runtime.patience import Patience
from leadlight.runtime.reconsider import reconsider, resend
from leadlight.state import LeadState

SHARE = 50  # items that are done before the time is looked at
LAST = 7  # attempt at a page in which its first item is passed over: one comes after it
_LOG = logging.getLogger(__name__)


class Passed(msgspec.Struct, frozen=True):
    """The bytes of such a failed event: a lead that a run passed over."""

    run: str
    lead_id: str


def done(run: Run, before: Checkpoint, ports: Ports, patience: Patience, *, attempt: int = 1) -> Checkpoint:
    """Does the page behind a checkpoint, one share of it at least; the next one goes on behind the last that was done.

    `attempt` says how often that was begun, this time included.

    Raises:
        Unavailable: something could not be reached, or others saved a lead again and again, before a share was done.
    """
    items, after = ports.leads.page(before.segment, run.segments, after=before.after, limit=run.page)
    work, counted = partial(_brought, run=run, ports=ports, patience=patience), Counter[str]()
    if attempt > 1 and len(items) > (most := max(1, SHARE >> attempt - 1)):
        items, after = items[:most], items[most - 1].place
    if attempt >= LAST and items:
        reason = f"no invocation had the time for it in {attempt - 1} attempts"
        items = [items[0]._replace(reason=items[0].reason or reason), *items[1:]]
    for start in range(0, len(items), SHARE):
        if start and not patience.begins():
            after = items[start - 1].place
            break
        try:
            found = ports.hands.abreast(work, items[start : start + SHARE])
        except Unavailable:
            if not start:
                raise
            after = items[start - 1].place
            break
        for each in found:
            counted.update(each)
    return msgspec.structs.replace(
        before,
        page=before.page + 1,
        after=after,
        done=not after,
        **{name: getattr(before, name) + counted[name] for name in run.counted},
    )


def again(raw: bytes, ports: Ports) -> None:
    """Brings in a lead that a run passed over, by what is in force.

    Where the run of a later release has seen it since, it is on its models already. By its facts it may still have to
    be made anew: no later run does that again for the same catalogue. What was to be announced then is not any more.

    Raises:
        ValueError: the bytes name no lead and run; or what the lead itself fails with.
        Unavailable: something could not be reached.
        Conflict: others saved the lead again and again.
    """
    passed = msgspec.json.decode(raw, type=Passed)
    run = ports.runs.get(passed.run)
    if run is None:
        return
    newest = ports.models.latest().number
    if newest != run.release:
        if not run.from_facts:
            return
        run = msgspec.structs.replace(run, announce=())
    if ports.published.release.number < newest:
        raise Unavailable("what is in force was read before it was published")
    state = ports.leads.get(passed.lead_id, consistent=True)
    if state:
        reconsider(state, run, ports)
    resend(ports.leads.get_nurture(passed.lead_id), ports)


def is_lead(item: Placed) -> bool:
    """Whether it counts as one: a lead that stands by itself, or that can't be read."""
    merged = item.state is not None and bool(item.state.kin.root)
    return item.name == STATE and not is_account(item.lead_id) and not merged


def _brought(item: Placed, *, run: Run, ports: Ports, patience: Patience) -> Counter[str]:
    """Does one item; returns what is counted of it."""
    held = [item.state] if item.state else []  # serves once: an attempt leaves its mark on it

    def once() -> Counter[str]:
        if item.enrollments:
            return Counter(written=resend(item.enrollments, ports))
        return _reconsidered(held.pop() if held else ports.leads.get(item.lead_id, consistent=True), run, ports)

    seen = Counter(seen=is_lead(item))
    if item.reason:
        return seen + _set_aside(item.lead_id, item.reason, run, ports, patience)
    try:
        return seen + patience.insist(once)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - a lead that always fails must not stop the others
        return seen + _set_aside(item.lead_id, f"{type(error).__name__}: {error}", run, ports, patience)


def _reconsidered(state: LeadState | None, run: Run, ports: Ports) -> Counter[str]:
    if state is None:
        return Counter()
    try:
        found = reconsider(state, run, ports)
    except Conflict as error:
        raise Unavailable("a lead was saved by others again and again") from error
    counted = Counter(written=found.written, decided=found.decided)
    counted.update(engaged.counts(found.state, run, ports))
    return counted


def _set_aside(lead_id: str, reason: str, run: Run, ports: Ports, patience: Patience) -> Counter[str]:
    _LOG.error(FAILED, extra={"run": run.id, "reason": reason.partition(":")[0]})
    raw = msgspec.json.encode(Passed(run.id, lead_id))
    event = FailedEvent(source=RUN, reason=reason, received_at=ports.now(), raw=raw)
    patience.insist(lambda: ports.failed.keep(event))
    return Counter(failed=1)
