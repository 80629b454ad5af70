"""What a team says of who is who outweighs what tools tell."""

from collections import deque
from datetime import timedelta
from typing import Any

import pytest

from functions.rescore import handler
from leadlight.activity import Identity, lead_id_of
from leadlight.ports import Unavailable
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW
from tests.unit.runtime.merging.people import COOKIE, EMAIL, OTHER, USER, counted, lead, say_apart, told


def test_two_addresses_with_one_cookie_are_one_person_until_said_otherwise(stack: Quiet) -> None:
    """Of equals the smaller lead id stays; taken apart, the cookie stays with it."""
    first, second = sorted((EMAIL, OTHER), key=lead_id_of)
    told(stack, "a1", first, COOKIE)
    told(stack, "a2", second, COOKIE)
    told(stack, "a3", COOKIE)
    assert lead(stack, second).lead_id == lead_id_of(first)
    assert counted(stack, second) == 3
    say_apart(stack, second)
    assert counted(stack, second) == 1
    assert counted(stack, first) == counted(stack, COOKIE) == 2


def test_a_shared_mailbox_is_nobody(stack: Quiet) -> None:
    """A team says so: those it had joined go on alone, it joins nobody again, and its own lead scores 0 and says why."""
    mailbox = Identity("email", "info@acme.example")
    told(stack, "a1", mailbox, Identity("user", "1"))
    told(stack, "a2", mailbox, Identity("user", "2"))
    told(stack, "a3", Identity("user", "2"))
    assert counted(stack, Identity("user", "1")) == 3
    told(stack, "s1", mailbox, kind="identity_shared")
    assert lead(stack, Identity("user", "2")).lead_id == lead_id_of(Identity("user", "2"))
    assert counted(stack, Identity("user", "2")) == 1
    assert counted(stack, mailbox) == 2
    told(stack, "a4", mailbox, Identity("user", "3"))
    state = lead(stack, mailbox)
    assert not stack.world.merges.members(state.lead_id)
    score = stack.world.portfolio.score(state.fold, state.as_of)
    assert (score.totals.score, score.totals.suppressed) == (0, True)
    told(stack, "s2", mailbox, kind="identity_personal")
    assert counted(stack, Identity("user", "2")) == 4


def test_a_team_says_nothing_else_in_the_same_breath(stack: Quiet) -> None:
    """Traits beside a word on two identities would be stored under the weaker one, and merge the stronger into itself."""
    with pytest.raises(AssertionError, match="says nothing but whose identities these are"):
        told(stack, "m1", EMAIL, USER, kind="identities_merged", traits={"job_title": "CTO"})


def test_a_teams_word_comes_by_no_webhook(stack: Quiet) -> None:
    """A Segment write key sits in browsers: what anybody may send must not tell leads apart. It is kept as failed."""
    call = {"type": "track", "messageId": "x1", "userId": "42", "timestamp": NOW.isoformat()}
    for event in ("Identity Shared", "Handoff Accepted"):
        assert stack.segment({**call, "event": event})["failed"] == 1
    assert not stack.world.facts.table.items


def test_a_word_that_is_said_anew_is_taken_whole(stack: Quiet) -> None:
    """The same id first says shared, then personal: neither the links nor the score remember the first."""
    told(stack, "a1", EMAIL)
    told(stack, "s1", EMAIL, kind="identity_shared")
    told(stack, "s1", EMAIL, kind="identity_personal")
    state = lead(stack, EMAIL)
    assert not state.kin.shared
    assert state.fold.traits["shared_identity"].value is False


@pytest.mark.parametrize("merged", [False, True])
def test_a_word_that_was_never_saved_leaves_no_trace_in_the_links(
    stack: Quiet, monkeypatch: pytest.MonkeyPatch, *, merged: bool
) -> None:
    """Its batch is given up once the links were told; another word came before it is redriven, and says as before."""
    first, second = sorted((EMAIL, OTHER), key=lead_id_of)
    who = second if merged else first
    told(stack, "a1", first, COOKIE)
    told(stack, "a2", second, COOKIE)
    told(stack, "a3", who, USER)

    def throttled(*_: object) -> None:
        raise Unavailable("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(stack.world.leads, "put", throttled)
        stack.activity(word("s1", "identity_shared", who, hours=3))
        stack.activity(word("a4", "email_clicked", who, USER, hours=2))
        given_up = [record for lane in stack.world.activities_stream.lanes for record in lane.records]
        answer = handler.lambda_handler({"Records": given_up}, CONTEXT)
    assert answer["batchItemFailures"]
    for lane in stack.world.activities_stream.lanes:
        lane.records = deque(record for record in lane.records if record not in given_up)
    stack.activity(word("s2", "identity_personal", who, hours=1))
    stack.settle()
    handler.lambda_handler({"Records": given_up}, CONTEXT)
    stack.settle()
    assert lead(stack, USER).lead_id == lead_id_of(first)
    assert stack.audit()["differing"] == {}


def test_a_word_that_comes_again_leaves_nothing_to_do(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever brings it a second time may crash after the put: nobody comes again for what that left to do."""
    told(stack, "a1", EMAIL, USER)
    stack.activity(word("s1", "identity_personal", EMAIL, hours=1))
    records = [record for lane in stack.world.activities_stream.lanes for record in lane.records]
    stack.settle()

    def crash(*_: object) -> None:
        raise Unavailable("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(stack.world.merges, "link", crash)
        handler.lambda_handler({"Records": records}, CONTEXT)
    kin = lead(stack, EMAIL).kin
    assert (kin.todo, kin.restate) == (False, False)


def word(name: str, kind: str, *identities: Identity, hours: int) -> dict[str, Any]:
    about = {"lead": {"identities": [each._asdict() for each in identities]}}
    moment = (NOW - timedelta(hours=hours)).isoformat()
    return {"specversion": "1.0", "id": name, "source": "team", "type": kind, "time": moment, "data": about}


def test_only_a_team_says_that_an_identity_is_shared(stack: Quiet) -> None:
    """A tool's trait of that name is dropped, and one called account is the company's name."""
    told(stack, "a1", EMAIL, kind="lead_identified", traits={"shared_identity": True, "account": "Acme Inc"})
    fold = lead(stack, EMAIL).fold
    assert {name: trait.value for name, trait in fold.traits.items()} == {"company": "Acme Inc"}


@pytest.mark.parametrize(
    ("pair", "fix"),
    [(Identity("email", "N/A"), "no address"), (Identity("domain", "acme.com"), "data.account.domain")],
)
def test_what_names_nobody_is_refused(stack: Quiet, pair: Identity, fix: str) -> None:
    """It would join strangers under the strongest kind of identity."""
    with pytest.raises(AssertionError, match=fix):
        told(stack, "a1", pair, USER)
