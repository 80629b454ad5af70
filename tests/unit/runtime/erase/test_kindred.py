"""Who is forgotten with a person: the leads that are one with them, at that moment."""

import pytest

from functions.rescore import handler as rescore
from leadlight.activity import is_account
from leadlight.runtime.erase import forget as forgetting
from tests.unit.runtime.erase.grace import (
    ADDRESS,
    COOKIE,
    OTHER,
    ROOT,
    USER,
    asked,
    event,
    found,
    lead,
    lived,
    said,
    state,
)


@pytest.mark.parametrize("asked", [ROOT, lead("anonymous", COOKIE)])
@pytest.mark.parametrize("rounds", range(1, 8))
def test_who_is_just_being_merged_is_forgotten_with_the_person(stack, rounds, asked):
    """However far it has come, once there is a link: of a lead by the address, of one by a user id, of one by a cookie."""
    stack.activity(event("click", "email_clicked", lead={"email": ADDRESS}))
    stack.activity(event("page", lead={"anonymous_id": COOKIE}))
    stack.settle()
    stack.activity(event("trial", lead={"anonymous_id": COOKIE, "user_id": USER}))
    stack.activity(event("known", "lead_identified", lead={"email": ADDRESS, "user_id": USER}))
    for _ in range(rounds):
        stack._drain(stack.world.activities_stream, rescore)
    stack.forget(asked)
    stack.settle()
    assert found(stack) == set()
    assert not [item for item in stack.world.facts.table.all() if not is_account(item["lead_id"]["S"])]


def test_who_is_not_even_linked_yet_is_forgotten_with_the_person(stack):
    """Their own facts say who they are."""
    stack.activity(event("page", lead={"anonymous_id": COOKIE}))
    stack.settle()
    stack.activity(event("known", "lead_identified", lead={"email": ADDRESS, "anonymous_id": COOKIE}))
    stack.forget(ROOT)
    stack.settle()
    assert found(stack) == set()


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize(
    "apart",
    [
        said("s", "identity_shared", ("anonymous", COOKIE)),
        said("s", "identities_separated", ("anonymous", COOKIE), ("email", ADDRESS)),
    ],
    ids=["shared", "separated"],
)
def test_who_is_said_apart_keeps_what_is_theirs(stack, apart, settled):
    """A shared device, or somebody else: from the moment that it is said."""
    stack.activity(event("page", lead={"anonymous_id": COOKIE}))
    stack.activity(event("known", "lead_identified", lead={"email": ADDRESS, "anonymous_id": COOKIE}))
    stack.settle()
    stack.activity(apart)
    if settled:
        stack.settle()
    stack.forget(ROOT)
    stack.settle()
    left = {fact.source_id for fact in stack.world.facts.every(lead("anonymous", COOKIE))}
    assert "page" in left
    assert state(stack, lead("anonymous", COOKIE)).kin.root == ""
    assert ADDRESS not in repr(list(stack.world.facts.table.all()))


def test_who_just_left_takes_the_copies_along(stack):
    """The lead that held them keeps its own facts, and nothing of whom a team said to be another."""
    stack.activity(event("page", lead={"anonymous_id": COOKIE}))
    stack.activity(event("known", "lead_identified", lead={"email": OTHER, "anonymous_id": COOKIE}))
    stack.settle()
    stack.activity(said("s", "identities_separated", ("anonymous", COOKIE), ("email", OTHER)))
    stack.forget(lead("anonymous", COOKIE))
    stack.settle()
    keys = [item["key"]["S"] for item in stack.world.facts.table.query(lead("email", OTHER), "")]
    assert not [key for key in keys if lead("anonymous", COOKIE) in key]
    assert {fact.source_id for fact in stack.world.facts.every(lead("email", OTHER))} == {"known"}


@pytest.mark.parametrize("by", [ROOT, lead("user", USER), lead("anonymous", COOKIE)])
def test_who_belonged_together_is_not_known_any_more(stack, monkeypatch, by):
    """The list of the leads goes with the last of them, whichever was asked for and however many steps it took."""
    monkeypatch.setattr(forgetting, "ITEMS", 1)
    lived(stack)
    asked("forget", lead("user", USER), "")
    assert stack.world.forgotten.todo
    stack.forget(by)
    assert stack.world.forgotten.todo == {}
