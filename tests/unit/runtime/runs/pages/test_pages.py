"""The pages of a run: their leads side by side, as many a second as was asked for, as far as the time goes."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from functions.sweep import handler as sweep
from leadlight.merge import Kin
from leadlight.ports import Conflict, Unavailable
from leadlight.releases import Checkpoint
from leadlight.runtime import pages, runs
from leadlight.runtime import reconsider as reconsidering
from leadlight.state import LeadState
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.runtime.runs.pages.page import _sweep, ids, page, progress
from tests.unit.runtime.runs.release import publish, work


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


def test_a_note_that_went_through_unheard_brings_the_next_page(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client tries again by itself, and finds its condition broken by its own first attempt."""
    publish(1, after=0, rate=1)
    world = stack.world
    advance = world.runs.advance

    def unheard(run_id: str, checkpoint: Checkpoint) -> None:
        advance(run_id, checkpoint)
        raise Conflict("retried")

    monkeypatch.setattr(world.runs, "advance", unheard)
    sweep.lambda_handler({}, CONTEXT)
    work(stack)
    assert (progress(stack)["done"], progress(stack)["seen"], progress(stack, "sweep")["done"]) == (True, 3, True)
    assert world.records.engagement()[-1].engaged == 3


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
