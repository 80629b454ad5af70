"""Erasing goes by requests of a bounded share each: any may be lost, asked for again, or asked wrong."""

from datetime import timedelta

import pytest

from functions.erase import handler as erase
from leadlight.activity import Identity, lead_id_of
from leadlight.runtime.erase import export as exporting
from leadlight.runtime.erase import forget as forgetting
from tests.simulation.simulation import CONTEXT
from tests.unit.runtime.erase.grace import ADDRESS, OTHER, ROOT, USER, asked, consent, event, found, lead, lived, state


def test_much_is_forgotten_in_many_requests(stack, monkeypatch):
    """A request does a bounded share, and says where to go on."""
    monkeypatch.setattr(forgetting, "BODIES", 1)
    monkeypatch.setattr(forgetting, "ITEMS", 3)
    monkeypatch.setattr(forgetting, "LEADS", 1)
    lived(stack)
    removed = stack.forget(lead_id_of(Identity("user", USER)))
    stack.settle()
    assert found(stack) == set()
    assert removed["facts"] > 3


def test_much_to_look_through_is_looked_through_in_many_requests(stack, monkeypatch):
    """However few of the bodies name the person."""
    monkeypatch.setattr(forgetting, "MOST_READ", 1)
    monkeypatch.setattr(exporting, "MOST_READ", 1)
    for number in range(3):
        stack.segment({"type": "delete", "messageId": f"other-{number}", "userId": "somebody-else"})
    lived(stack)
    following, pages = "", []
    while following is not None:
        status, told = asked("export", ROOT, following)
        assert status == 200
        pages.append(told)
        following = told["next"]
    named = [each for page in pages for each in page.get("failed_events", ())]
    assert (len(named), len([page for page in pages if "failed_events" in page])) == (1, 5)
    stack.forget(ROOT)
    stack.settle()
    assert found(stack) == set()


def test_what_was_interrupted_ends_when_it_is_run_again(stack, monkeypatch):
    """Whatever the last request did, asking anew for any of the person's ids leaves nothing."""
    monkeypatch.setattr(forgetting, "ITEMS", 2)
    lived(stack)
    event = {"routeKey": "POST /v1/leads/{lead_id}/forget", "pathParameters": {"lead_id": ROOT}}
    context = {"requestContext": {"http": {"method": "POST"}, "requestId": "r"}}
    erase.lambda_handler({**event, **context}, CONTEXT)
    stack.forget(lead_id_of(Identity("user", USER)))
    stack.settle()
    assert found(stack) == set()


def test_consent_that_comes_while_it_goes_on_goes_with_the_rest(stack, monkeypatch):
    """It brings nobody back whose forgetting then ends: what is done without another consent is deleted."""
    monkeypatch.setattr(forgetting, "ITEMS", 1)
    lived(stack)
    following = asked("forget", ROOT, "")[1]["next"]
    stack.settle()
    stack.world.clock += timedelta(hours=1)
    stack.activity(consent(stack))
    stack.settle()
    assert state(stack)
    while following is not None:
        following = asked("forget", ROOT, following)[1]["next"]
    stack.settle()
    stack.world.clock += timedelta(hours=1)
    stack.activity(event("later", minutes=-90, lead={"email": ADDRESS}))
    stack.settle()
    assert (state(stack), found(stack)) == (None, set())


@pytest.mark.parametrize(
    ("what", "following"),
    [
        *(("forget", each) for each in ("null", "facts:", "leads:", f"leads:{ROOT}", "bodies:", "bodies:failed/a")),
        *(("export", each) for each in ("null", "leads:", "facts:", f"facts:{lead('email', OTHER)}:")),
    ],
)
def test_a_cursor_that_no_answer_gave_is_refused(stack, what, following):
    """Nothing is called done that was never begun, and nobody else's facts are handed out."""
    lived(stack)
    before = found(stack)
    status, problem = asked(what, ROOT, following)
    assert (status, problem["field"]) == (422, "next")
    assert found(stack) == before
    assert not stack.world.forgotten.marked


def test_the_last_step_may_be_asked_for_again(stack):
    """The answer to it may be lost; once the person came back, there is something to begin."""
    lived(stack)
    stack.forget(ROOT)
    stack.settle()
    status, told = asked("forget", ROOT, f"leads:{ROOT}")
    assert (status, told["done"], set(told["removed"].values())) == (200, True, {0})
    stack.world.clock += timedelta(hours=1)
    stack.activity(consent(stack))
    stack.settle()
    assert asked("forget", ROOT, f"leads:{ROOT}")[0] == 422
