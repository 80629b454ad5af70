"""Leads that always fail keep nobody back: they are failed events, replayed once their cause was mended."""

import logging

import msgspec
import pytest

from functions.sweep import handler as sweep
from leadlight.ports import Unavailable
from leadlight.runtime import pages
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import cloudevent
from tests.unit.runtime.runs.pages.page import NAMES, fails, ids, progress, taken
from tests.unit.runtime.runs.release import BOTH, MEANING, call, publish, work


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


def test_a_lead_that_no_invocation_has_the_time_for_keeps_nobody_back(
    stack: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is killed with it: each time fewer are tried, the others come through, and it is kept at last."""
    publish(1, after=0)
    long = ids(stack)[-1]
    fails(monkeypatch, long, KeyboardInterrupt())
    attempts: dict[str, int] = {}
    while stack.world.runs.delayed or stack.world.runs.queue:
        for body in taken(stack):
            attempts[body] = attempts.get(body, 0) + 1
            record = {"body": body, "attributes": {"ApproximateReceiveCount": str(attempts[body])}}
            try:
                sweep.lambda_handler({"Records": [record]}, CONTEXT)
            except KeyboardInterrupt:
                stack.world.runs.queue.append(body)
    run = progress(stack)
    assert (run["done"], run["seen"], run["failed"]) == (True, 3, 1)
    assert [state.model for state in stack.world.leads.scan() if state.lead_id != long] == ["b2b-saas@2"] * 2
    assert max(attempts.values()) == pages.LAST
    [(kept, _)] = stack.world.failed.kept_by_id.values()
    assert kept.reason == "no invocation had the time for it in 6 attempts"


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


def test_what_failed_by_its_facts_is_made_anew_from_them_whatever_was_published_since(
    stack: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later publish is of the same catalogue, and looks at no facts; it is not announced by the words of the first."""
    for name in NAMES:
        stack.activity(cloudevent("page_viewed", name=f"seen {name}", subject=f"{name}@gmail.com"))
    stack.settle()
    poor = ids(stack)[0]
    call("POST /v1/models", MEANING)
    call("POST /v1/models", BOTH)
    with monkeypatch.context() as patch:
        fails(patch, poor, ValueError("before"))
        assert publish(2, after=0, announce=["stages", "hand-offs"])[1]["release"]["from_facts"]
        work(stack)
    assert not publish(3, after=1)[1]["release"]["from_facts"]
    work(stack)
    announced = len(stack.world.bus.entries)
    assert stack.audit()["differing"].keys() == {poor}
    stack.repair("POST /v1/failed-events/replay")
    stack.settle()
    assert stack.audit()["differing"] == {}
    assert len(stack.world.bus.entries) == announced


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
