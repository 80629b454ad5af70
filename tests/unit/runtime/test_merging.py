"""One person, one lead: identities join leads, a team takes them apart, and every case has one stated result."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from leadlight.activity import Identity, lead_id_of
from leadlight.runtime import rescore
from leadlight.runtime.api.links import links_view, survivor
from leadlight.state import LeadState, codec
from tests.simulation.quiet import Quiet, quiet
from tests.unit.builders import NOW

EMAIL = Identity("email", "ada@acme.example")
OTHER = Identity("email", "ada@home.example")
USER = Identity("user", "42")
COOKIE = Identity("anonymous", "c1")


@pytest.fixture
def stack() -> Iterator[Quiet]:
    with quiet(NOW) as running:
        yield running


def told(stack: Quiet, name: str, *identities: Identity, kind: str = "email_clicked", **data: Any) -> None:
    """One activity of a lead that is known by some identities; and all that follows from it."""
    lead = {"identities": [identity._asdict() for identity in identities]}
    names = stack.__dict__.setdefault("names", [])
    names += [] if name in names else [name]  # the same activity keeps its time
    moment = NOW - timedelta(hours=1) + timedelta(seconds=names.index(name))
    event = {"specversion": "1.0", "id": name, "source": "test", "type": kind, "time": moment.isoformat()}
    stack.activity({**event, "data": {"lead": lead, **data}})
    stack.settle()


def lead(stack: Quiet, identity: Identity) -> LeadState:
    """The lead that answers for an identity."""
    state = survivor(lead_id_of(identity), stack.world)
    assert state
    return state


def counted(stack: Quiet, identity: Identity, signal: str = "email_clicked") -> int:
    return sum(lead(stack, identity).fold.signals.get(signal, {}).values())


def test_an_identify_joins_what_a_visitor_did_before(stack: Quiet) -> None:
    """An anonymous visitor signs up, then gives an address: all three are one lead, under the address."""
    told(stack, "a1", COOKIE)
    told(stack, "a2", USER, COOKIE)
    told(stack, "a3", EMAIL, USER)
    told(stack, "a4", COOKIE)
    for identity in (COOKIE, USER, EMAIL):
        assert lead(stack, identity).lead_id == lead_id_of(EMAIL)
        assert counted(stack, identity) == 4
    assert lead(stack, EMAIL).fold.identities == {COOKIE, USER, EMAIL}


def test_a_merge_is_announced_once(stack: Quiet) -> None:
    """The lead that goes has one `merged` decision with one event; one that was never spoken of has none."""
    told(stack, "a1", USER, kind="demo_requested")
    told(stack, "a2", EMAIL, USER)
    told(stack, "a3", EMAIL, USER)
    merged = {event for event in stack.world.bus.entries if event.detail_type == "Lead Merged"}
    assert [event.id for event in merged] == [f"{lead_id_of(USER)}#2"]
    assert f'"other":"{lead_id_of(EMAIL)}"' in merged.pop().detail


def test_the_further_stage_and_the_open_hand_off_move(stack: Quiet) -> None:
    """Sales holds the lead that goes: it holds the one that stays, under the same hand-off."""
    traits = {"job_title": "CTO", "company_size": 200, "industry": "software", "country": "DE"}
    told(stack, "a0", USER, kind="lead_identified", traits=traits)
    for number in range(4):
        told(stack, f"p{number}", USER, kind="demo_requested")
        told(stack, f"t{number}", USER, kind="trial_started")
        told(stack, f"w{number}", USER, kind="webinar_attended")
    before = lead(stack, USER).standing
    assert before.stage == "sql"
    assert before.hand_off
    told(stack, "a1", EMAIL, USER)
    after = lead(stack, EMAIL).standing
    assert (after.stage, after.hand_off, after.entries["mql"].first) == (
        "sql",
        before.hand_off,
        before.entries["mql"].first,
    )
    told(stack, "s1", USER, kind="handoff_accepted", properties={"handoff_id": before.hand_off.id})
    assert lead(stack, EMAIL).standing.stage == "sal"


def test_nobody_starts_over_in_a_campaign(stack: Quiet) -> None:
    """Who was enrolled under the weaker identity is enrolled under the one that stays, since the same day."""
    told(stack, "a1", USER, kind="lead_identified", traits={"job_title": "CTO", "company_size": 200})
    since = {
        name: place.enrolled_at for name, place in stack.world.leads.get_nurture(lead_id_of(USER)).enrollments.items()
    }
    assert since
    stack.world.clock += timedelta(days=3)
    told(stack, "a2", EMAIL, USER)
    adopted = stack.world.leads.get_nurture(lead_id_of(EMAIL)).enrollments
    assert {name: place.enrolled_at for name, place in adopted.items()} == since


def test_unmerged_leads_are_as_if_they_had_never_been_merged(stack: Quiet) -> None:
    """Byte by byte, and for good: the activity that named both comes again and joins nobody."""
    told(stack, "a1", USER)
    told(stack, "a2", EMAIL)
    told(stack, "a3", EMAIL, USER)
    told(stack, "a4", USER)
    say_apart(stack, USER)
    told(stack, "a3", EMAIL, USER)
    with quiet(NOW) as apart:
        told(apart, "a1", USER)
        told(apart, "a2", EMAIL)
        told(apart, "a3", EMAIL)
        told(apart, "a4", USER)
        for identity in (USER, EMAIL):
            found, wanted = lead(stack, identity).fold, lead(apart, identity).fold
            assert found.signals == wanted.signals
            assert found.traits == wanted.traits
    assert counted(stack, USER) == 2
    told(stack, "m1", EMAIL, USER, kind="identities_merged")
    assert counted(stack, USER) == counted(stack, EMAIL) == 4


def test_a_chain_is_one_lead_and_comes_apart_where_it_is_cut(stack: Quiet) -> None:
    """Cookie, user, address: taking the user out leaves the address alone, and the cookie with the user."""
    told(stack, "a1", COOKIE, USER)
    told(stack, "a2", USER, EMAIL)
    told(stack, "a3", COOKIE)
    assert counted(stack, EMAIL) == 3
    say_apart(stack, USER)
    assert counted(stack, EMAIL) == 1
    assert counted(stack, COOKIE) == counted(stack, USER) == 2


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


def test_a_cycle_of_aliases_is_one_lead(stack: Quiet) -> None:
    """Each is the next, and the last is the first: the strongest stays, nothing runs in circles, nothing counts twice."""
    names = [Identity("user", name) for name in ("a", "b", "c")]
    for number in range(3):
        told(stack, f"x{number}", names[number])
        told(stack, f"alias{number}", names[number], names[(number + 1) % 3], kind="lead_identified")
    assert {lead(stack, name).lead_id for name in names} == {min(map(lead_id_of, names))}
    assert counted(stack, names[0]) == 3


def test_a_lead_is_itself(stack: Quiet) -> None:
    """The same identity twice in an activity merges nobody; said of a pair, it is refused with the fix."""
    told(stack, "a1", EMAIL, EMAIL)
    assert not lead(stack, EMAIL).kin.root
    assert not stack.world.merges.members(lead_id_of(EMAIL))
    with pytest.raises(AssertionError, match="exactly two identities"):
        told(stack, "m1", EMAIL, EMAIL, kind="identities_merged")


def test_a_thousand_cookies_of_one_person(stack: Quiet) -> None:
    """All are merged and answer as the person; the state stays small: it keeps the strongest sixteen identities."""
    cookies = [Identity("anonymous", f"cookie-{number:04d}-of-one-person") for number in range(1000)]
    events = [
        {
            "specversion": "1.0",
            "id": f"c{number}",
            "source": "test",
            "type": "email_clicked",
            "time": (NOW - timedelta(minutes=number)).isoformat(),
            "data": {"lead": {"identities": [EMAIL._asdict(), cookie._asdict()]}},
        }
        for number, cookie in enumerate(cookies)
    ]
    stack.activity(events)  # type: ignore[arg-type] - a batch
    stack.settle()
    state = lead(stack, EMAIL)
    assert {survivor(lead_id_of(cookie), stack.world).lead_id for cookie in cookies} == {state.lead_id}  # type: ignore[union-attr]
    assert counted(stack, EMAIL) == 1000
    assert len(state.fold.identities) == 16
    assert len(codec.encode(state.fold)) + len(state.kin.linked) < 2_000
    told(stack, "last", cookies[999])
    assert counted(stack, EMAIL) == 1001


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


def say_apart(stack: Quiet, identity: Identity) -> None:
    """What `leadlight unmerge` does."""
    pairs = links_view(lead_id_of(identity), stack.world)["separate"]
    assert pairs
    for number, pair in enumerate(pairs):
        told(stack, f"u{number}", *(Identity(**each) for each in pair), kind="identities_separated")


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


def ready(stack: Quiet, identity: Identity) -> str:
    """Makes a lead that sales is given; returns the hand-off."""
    traits = {"job_title": "CTO", "company_size": 200, "industry": "software", "country": "DE"}
    told(stack, f"r{identity.value}", identity, kind="lead_identified", traits=traits)
    for number in range(4):
        for kind in ("demo_requested", "trial_started", "webinar_attended"):
            told(stack, f"{kind}{identity.value}{number}", identity, kind=kind)
    opened = lead(stack, identity).standing.hand_off
    assert opened
    return opened.id


def test_what_was_absorbed_is_not_absorbed_again(stack: Quiet) -> None:
    """Sales rejected the lead since: the record of the merge that comes again, or a third lead, brings nothing back."""
    hand_off = ready(stack, COOKIE)
    told(stack, "a1", USER, COOKIE)
    told(stack, "s1", USER, kind="handoff_rejected", properties={"handoff_id": hand_off, "reason": "no budget"})
    assert lead(stack, USER).standing.stage == "recycled"
    again = stack.world.facts.table.get(lead_id_of(USER), f"merge#{lead_id_of(COOKIE)}")
    change = {"Keys": {name: again[name] for name in ("lead_id", "key")}, "NewImage": again, "SequenceNumber": "1"}
    records = {"Records": [{"eventName": "INSERT", "dynamodb": change}]}
    rescore.handle(records, stack.world, left=lambda: 60_000)
    assert lead(stack, USER).standing.stage == "recycled"
    told(stack, "a2", EMAIL, USER)
    assert lead(stack, EMAIL).standing.stage == "recycled"


def test_a_customer_has_no_open_hand_off(stack: Quiet) -> None:
    """What one lead was handed off for, the other has bought."""
    ready(stack, USER)
    told(stack, "d1", EMAIL, kind="deal_won", properties={"deal_id": "d", "amount": 100})
    told(stack, "a1", EMAIL, USER)
    standing = lead(stack, EMAIL).standing
    assert (standing.stage, standing.hand_off) == ("customer", None)


@pytest.mark.parametrize("bar", ["do_not_contact", "consent_withdrawn"])
def test_who_may_not_be_written_to_is_in_no_campaign_after_a_merge(stack: Quiet, bar: str) -> None:
    """The lead that goes was enrolled, the one that stays said no: it leaves what it takes over at once."""
    told(stack, "n1", EMAIL, kind=bar)
    told(stack, "a1", USER, kind="lead_identified", traits={"job_title": "CTO", "company_size": 200})
    assert stack.world.leads.get_nurture(lead_id_of(USER)).enrollments
    told(stack, "a2", EMAIL, USER)
    places = stack.world.leads.get_nurture(lead_id_of(EMAIL)).enrollments
    assert places
    assert all(place.exited_at for place in places.values())
    left = [event for event in stack.world.bus.entries if event.detail_type == "Nurture Exited"]
    assert {lead_id_of(EMAIL)} == {event.id.partition("#")[0] for event in left}


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
