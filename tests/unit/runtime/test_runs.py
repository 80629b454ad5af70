"""The pages of a run: their leads side by side, throttled ones again, and as many of them a second as was asked for.

And what keeps none of it from its end: leads that always fail, too little time, others who save, another release.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from functions.sweep import handler as sweep
from leadlight.merge import Kin
from leadlight.ports import Conflict, Unavailable
from leadlight.releases import Release, Run
from leadlight.runtime import pages, runs
from leadlight.runtime import reconsider as reconsidering
from leadlight.state import LeadState
from tests.simulation.quiet import Quiet, quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW, cloudevent
from tests.unit.runtime.test_publish import MEANING, POINTS, call, publish, work

NAMES = ("ada", "ben", "cyd")


@pytest.fixture
def stack() -> Iterator[Quiet]:
    with quiet(NOW) as found:
        for name in NAMES:
            found.activity(cloudevent("demo_requested", name=name, subject=f"{name}@gmail.com"))
        found.settle()
        call("POST /v1/models", POINTS)
        yield found


def page(stack: Quiet) -> dict[str, int]:
    """The one page of a run, done; what it counted."""
    [body] = stack.world.runs.delayed
    stack.world.runs.delayed.clear()
    return dict(sweep.lambda_handler({"Records": [{"body": body}]}, CONTEXT))


def test_a_throttled_lead_is_tried_again_and_read_anew(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first put of each lead fails: all are written in the one invocation, and on the new model."""
    publish(1, after=0, rate=200)
    leads, refused = stack.world.leads, set[str]()
    put = leads.put

    def throttled(state: LeadState) -> None:
        if state.lead_id not in refused:
            refused.add(state.lead_id)
            raise Unavailable("throttled")
        put(state)

    monkeypatch.setattr(leads, "put", throttled)
    counted = page(stack)
    assert (counted["seen"], counted["written"]) == (3, 3)
    assert len(refused) == 3
    assert {state.model for state in leads.scan()} == {"b2b-saas@2"}


@pytest.mark.parametrize(("took", "delay"), [(0.4, 2), (1.2, 1), (7, 0)])
def test_the_time_of_a_page_is_part_of_its_pause(
    stack: Quiet, monkeypatch: pytest.MonkeyPatch, took: float, delay: int
) -> None:
    """A page begins two seconds after the one before it began, or when that is done: the rate is what was asked for."""
    publish(1, after=0, rate=1)
    world, sent = stack.world, list[int]()
    read = world.leads.page

    def slow(*place: Any, **more: Any) -> Any:
        world.clock += timedelta(seconds=took)
        return read(*place, **more)

    monkeypatch.setattr(world.leads, "page", slow)
    monkeypatch.setattr(world.runs, "send", lambda _, *, delay: sent.append(delay))
    page(stack)
    assert sent == [delay]


def ids(stack: Quiet) -> list[str]:
    return [state.lead_id for state in stack.world.leads.scan()]


def fails(patch: pytest.MonkeyPatch, lead_id: str, error: Exception) -> None:
    """Whatever is tried with a lead, it ends the same."""
    reconsider = pages.reconsider

    def failing(state: LeadState, *rest: Any) -> Any:
        if state.lead_id == lead_id:
            raise error
        return reconsider(state, *rest)

    patch.setattr(pages, "reconsider", failing)


def progress(stack: Quiet, run: str = "publish") -> dict[str, Any]:
    return dict(call("GET /v1/models")[1]["runs"][run])


def test_a_lead_that_always_fails_keeps_nobody_back(stack: Quiet, caplog: pytest.LogCaptureFixture) -> None:
    """It is counted and kept as a failed event; the log names nobody; once it is mended, a replay brings it in."""
    publish(1, after=0)
    poor, *others = ids(stack)
    with pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.ERROR):
        fails(patch, poor, ValueError(f"of {poor}"))
        assert work(stack) > 0
    run = progress(stack)
    assert (run["done"], run["seen"], run["written"], run["failed"]) == (True, 3, 2, 1)
    [(kept, raw)] = stack.world.failed.kept_by_id.values()
    assert (kept.source, kept.reason) == ("run", f"ValueError: of {poor}")
    assert msgspec.json.decode(raw) == {"run": "publish-1", "lead_id": poor}
    assert [(each.message, each.reason) for each in caplog.records if each.name == pages.__name__] == [
        ("failed event", "ValueError")
    ]
    assert not any(lead_id in str(each.__dict__) for each in caplog.records for lead_id in ids(stack))
    models = {state.lead_id: state.model for state in stack.world.leads.scan()}
    assert models == {poor: "b2b-saas@1"} | dict.fromkeys(others, "b2b-saas@2")
    stack.repair("POST /v1/failed-events/replay")
    assert {state.model for state in stack.world.leads.scan()} == {"b2b-saas@2"}
    [(kept, _)] = stack.world.failed.kept_by_id.values()
    assert kept.replayed_at


def test_a_replay_of_what_still_fails_keeps_its_new_reason(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one of a run that was overtaken has nothing left to do."""
    publish(1, after=0)
    poor = ids(stack)[0]
    fails(monkeypatch, poor, ValueError("before"))
    work(stack)
    fails(monkeypatch, poor, KeyError("after"))
    stack.repair("POST /v1/failed-events/replay")
    [(kept, _)] = stack.world.failed.kept_by_id.values()
    assert (kept.reason, kept.replayed_at) == ("KeyError: 'after'", None)
    call("POST /v1/models", MEANING)
    publish(2, after=1)
    stack.repair("POST /v1/failed-events/replay")
    [(kept, _)] = stack.world.failed.kept_by_id.values()
    assert kept.replayed_at


@pytest.mark.parametrize("item", ["state", "nurture"])
def test_what_cannot_be_read_keeps_nobody_back(stack: Quiet, item: str) -> None:
    """Neither the others of its page, nor an audit, which tells of it."""
    publish(1, after=0)
    [poor, *_], table = ids(stack), stack.world.leads.table
    table.items[poor][item] = {"lead_id": {"S": poor}, "item": {"S": item}, "version": {"N": "1"}}
    work(stack)
    run = progress(stack)
    assert (run["done"], run["seen"], run["failed"]) == (True, 3, 1)
    assert list(stack.audit()["differing"]) == [poor]


def test_a_history_that_is_gone_keeps_nobody_back(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state whose history is not there can't be read, however often it is tried: by the run, and by a replay."""
    publish(1, after=0)
    poor, table = ids(stack)[0], stack.world.leads.table
    table.items[poor]["state"] = {**table.items[poor]["state"], "base": {"N": "9"}}
    work(stack)
    assert (progress(stack)["done"], progress(stack)["failed"]) == (True, 1)
    monkeypatch.setattr(stack.world.leads, "get", lambda lead_id, **_: stack.world.leads._now(lead_id))
    stack.repair("POST /v1/failed-events/replay")
    [(kept, _)] = stack.world.failed.kept_by_id.values()
    assert kept.reason.startswith("Torn: ")
    assert not kept.replayed_at


def test_a_failed_event_that_cannot_be_kept_now_lets_the_page_come_again(
    stack: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is noted of the page, and nothing lost."""
    publish(1, after=0, rate=1)
    fails(monkeypatch, ids(stack)[0], ValueError("poor"))

    def refused(_: object) -> str:
        raise Unavailable("throttled")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack.world.failed, "keep", refused)
        [body] = stack.world.runs.delayed
        while body:
            try:
                sweep.lambda_handler({"Records": [{"body": body}]}, CONTEXT)
            except Unavailable:
                break
            body = stack.world.runs.queue.pop()
    stack.world.runs.queue.append(body)
    work(stack)
    assert (progress(stack)["done"], progress(stack)["failed"]) == (True, 1)


def test_a_page_goes_on_where_its_time_was_over(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """One share each, whatever the time; every lead and every leftover of nurture is done once."""
    publish(1, after=0, rate=1_000)
    leads, world = stack.world.leads, stack.world
    for lead_id in ids(stack):
        held = world.leads.get_nurture(lead_id)
        leads.put_nurture(held)
    done: Counter[str] = Counter()
    reconsider = pages.reconsider

    def noted(state: LeadState, *rest: Any) -> Any:
        done[state.lead_id] += 1
        return reconsider(state, *rest)

    def resent(held: Any, _: object) -> bool:
        done[f"{held.lead_id} nurture"] += 1
        return False

    monkeypatch.setattr(pages, "SHARE", 1)
    monkeypatch.setattr(pages, "reconsider", noted)
    monkeypatch.setattr(pages, "resend", resent)
    messages = 0
    while bodies := world.runs.delayed + world.runs.queue:
        world.runs.delayed.clear()
        world.runs.queue.clear()
        for body in bodies:
            messages += 1
            times = iter((60_000,))
            runs.handle({"Records": [{"body": body}]}, world, left=lambda times=times: next(times, 0))
    assert messages >= 6
    assert set(done.values()) == {1}
    assert len(done) == 6
    run = progress(stack)
    assert (run["done"], run["seen"], run["written"]) == (True, 3, 3)


def test_what_was_done_of_a_page_is_noted_where_the_rest_cannot_be_reached(
    stack: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next message begins with what could not be reached; that one comes again, for it has nothing to note."""
    publish(1, after=0, rate=200)
    put, written = stack.world.leads.put, list[str]()

    def throttled(state: LeadState) -> None:
        if written:
            raise Unavailable("throttled")
        written.append(state.lead_id)
        put(state)

    monkeypatch.setattr(pages, "SHARE", 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack.world.leads, "put", throttled)
        assert page(stack)["written"] == 1
        at = stack.world.runs.checkpoint("publish-1", 0)
        assert (at.seen, at.done) == (1, False)
        assert at.after.startswith("ld_")
        [body] = stack.world.runs.queue
        with pytest.raises(Unavailable):
            sweep.lambda_handler({"Records": [{"body": body}]}, CONTEXT)
    work(stack)
    assert (progress(stack)["done"], progress(stack)["seen"], progress(stack)["written"]) == (True, 3, 3)


def test_who_is_forgotten_is_no_failed_event_of_a_run_any_more(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names a lead, and so it is found and goes."""
    publish(1, after=0)
    poor, other, _ = ids(stack)
    fails(monkeypatch, poor, ValueError("poor"))
    work(stack)
    stack.forget(other)
    assert len(stack.world.failed.kept_by_id) == 1
    stack.forget(poor)
    assert not stack.world.failed.kept_by_id


def test_a_night_that_resumes_a_publish_sweeps_after_it(stack: Quiet) -> None:
    """Not before: what the publish is silent about is not announced. And the night counts."""
    publish(1, after=0)
    stack.world.runs.delayed.clear()
    sweep.lambda_handler({}, CONTEXT)
    assert {msgspec.json.decode(body)["run"] for body in stack.world.runs.delayed} == {"publish-1"}
    assert not stack.world.runs.queue
    events = len(stack.world.bus.entries)
    work(stack)
    assert (progress(stack)["done"], progress(stack, "sweep")["done"]) == (True, True)
    assert stack.world.records.engagement()[-1].engaged == 3
    assert "Lead Handed Off" not in {event.detail_type for event in stack.world.bus.entries[events:]}


def test_a_publish_alone_brings_no_sweep(stack: Quiet) -> None:
    """Only a night that found it unfinished does."""
    publish(1, after=0)
    work(stack)
    assert "sweep" not in call("GET /v1/models")[1]["runs"]


def test_a_run_that_is_removed_after_its_time_was_finished(stack: Quiet) -> None:
    """Runs were once kept for 400 days: the release is not published again by a night that misses its run."""
    publish(1, after=0)
    work(stack)
    world = stack.world
    world.runs.runs.clear()
    world.runs.checkpoints.clear()
    assert not runs.finished(world.models.latest(), world)
    world.clock += timedelta(days=400)
    assert runs.finished(world.models.latest(), world)
    assert runs.finished(Release(0, 0), world)
    sweep.lambda_handler({}, CONTEXT)
    assert list(world.runs.runs) == [f"sweep-{world.clock.date()}"]


def _a_message(stack: Quiet) -> None:
    work(stack)


def _a_night(stack: Quiet) -> None:
    stack.world.runs.queue.clear()
    sweep.lambda_handler({}, CONTEXT)


@pytest.mark.parametrize("ends", [_a_message, _a_night])
def test_a_run_that_is_overtaken_keeps_no_leads_id(stack: Quiet, ends: Any) -> None:
    """Whether its message still comes or is lost; erasure would not look there."""
    publish(1, after=0, rate=1)
    page(stack)
    assert stack.world.runs.checkpoint("publish-1", 0).after.startswith("ld_")
    call("POST /v1/models", MEANING)
    publish(2, after=1)
    ends(stack)
    ended = stack.world.runs.checkpoint("publish-1", 0)
    assert (ended.after, ended.done) == ("", False)


@pytest.mark.parametrize("how", [{"kin": Kin(root="ld_other")}, {"totals": None}], ids=["merged", "unscored"])
def test_what_a_lead_without_a_score_left_unpublished_is_brought_again(stack: Quiet, how: dict[str, Any]) -> None:
    """It is saved as it is, and so comes by the stream; a fresh outbox is left to that alone."""
    leads, run = stack.world.leads, _sweep()
    state = next(iter(leads.scan()))
    outbox = next(each for each in leads.outboxes if state.lead_id in each)
    leads.put(replace(state, outbox=outbox, **how))
    held = leads.get(state.lead_id, consistent=True)
    assert reconsidering.reconsider(held, run, stack.world) == reconsidering.Found()
    stack.world.clock += timedelta(hours=3)
    assert reconsidering.reconsider(held, run, stack.world) == reconsidering.Found(written=True)
    after = leads.get(state.lead_id, consistent=True)
    assert (after.version, after.outbox, after.kin) == (held.version + 1, outbox, held.kin)
    assert reconsidering.reconsider(held, run, stack.world) == reconsidering.Found()  # others saved it since


def _sweep() -> Run:
    return Run("sweep-2026-11-21", "sweep", 0, NOW.isoformat(), segments=1, page=500, pause=1)


def test_who_finds_a_lead_saved_by_others_gives_way(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some milliseconds between the eight attempts, and all of them again while there is time."""
    publish(1, after=0)
    leads, attempts = stack.world.leads, Counter[str]()
    put = leads.put

    def taken(state: LeadState) -> None:
        attempts[state.lead_id] += 1
        if attempts[state.lead_id] <= 10:
            raise Conflict("others were first")
        put(state)

    monkeypatch.setattr(leads, "put", taken)
    work(stack)
    assert progress(stack)["written"] == 3
    assert set(attempts.values()) == {11}
    assert len(stack.world.hands.waited) == 3 * (7 + 1 + 1)


def test_a_lead_that_others_save_for_ever_lets_the_page_come_again(
    stack: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a table can't be reached: it is no failed event."""
    publish(1, after=0)

    def taken(_: LeadState) -> None:
        raise Conflict("others were first")

    monkeypatch.setattr(stack.world.leads, "put", taken)
    with pytest.raises(Unavailable, match="saved by others"):
        work(stack)
    assert not stack.world.failed.kept_by_id
