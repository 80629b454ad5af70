"""What is told of one person under several identities becomes one lead, and comes apart again."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from functions.rescore import handler
from leadlight.activity import Identity, lead_id_of
from leadlight.runtime import rescore
from leadlight.runtime.api.links import survivor
from leadlight.state import codec
from tests.simulation.quiet import Quiet, quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW
from tests.unit.runtime.merging.people import COOKIE, EMAIL, USER, counted, lead, ready, say_apart, told


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


def test_a_rewritten_fact_stays_rewritten_at_the_lead_that_has_its_copy(stack: Quiet) -> None:
    """A record of what it said before may come again long after, or another invocation may be at what it says since."""
    moment, who = (NOW - timedelta(hours=1)).isoformat(), {"lead": {"identities": [COOKIE._asdict()]}}
    event = {"specversion": "1.0", "id": "a1", "source": "test", "type": "email_clicked", "time": moment, "data": who}
    stack.activity(event)
    [first] = [record for lane in stack.world.activities_stream.lanes for record in lane.records]
    told(stack, "a1", COOKIE, kind="demo_requested")
    told(stack, "a2", EMAIL, COOKIE)
    handler.lambda_handler({"Records": [first]}, CONTEXT)
    stack.settle()
    assert (counted(stack, EMAIL), counted(stack, EMAIL, "demo_requested")) == (1, 1)
    facts = stack.world.facts
    own = next(each for each in facts.own(lead_id_of(COOKIE)) if each.type == "demo_requested")
    copy_once, merges = stack.world.merges.copy, stack.world.merges

    def copy(facts_of_it: Any, *, over: bool) -> None:
        copy_once(facts_of_it, over=over)
        facts.put([msgspec.structs.replace(own, type="email_clicked")])  # while the copy is made
        merges.copy = copy_once

    merges.copy = copy
    told(stack, "a1", COOKIE, kind="trial_started")
    assert (counted(stack, EMAIL), counted(stack, EMAIL, "trial_started")) == (2, 0)
    assert stack.audit()["differing"] == {}


def test_what_was_deleted_and_is_stored_again_counts_at_the_root(stack: Quiet) -> None:
    """As a webhook that comes again after an erasure: both are told in one batch, and the deletion comes first."""
    told(stack, "a1", COOKIE)
    told(stack, "a2", EMAIL, COOKIE)
    told(stack, "a3", COOKIE)
    facts, cookie = stack.world.facts, lead_id_of(COOKIE)
    [again] = [fact for fact in facts.own(cookie) if fact.source_id == "a3"]
    facts.delete(cookie, [again.key])
    facts.put([again])
    records = [record for lane in stack.world.activities_stream.lanes for record in lane.records]
    assert [record["eventName"] for record in records] == ["REMOVE", "INSERT"]
    assert handler.lambda_handler({"Records": records}, CONTEXT) == {"batchItemFailures": []}
    stack.settle()
    assert counted(stack, EMAIL) == 3
    assert stack.audit()["differing"] == {}
    late = records[:1]  # another invocation may still be at the deletion when all that came after was brought on
    assert handler.lambda_handler({"Records": late}, CONTEXT) == {"batchItemFailures": []}
    stack.settle()
    assert counted(stack, EMAIL) == 3
    facts.delete(cookie, [again.key])
    stack.settle()
    assert counted(stack, EMAIL) == 2
    assert stack.audit()["differing"] == {}


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
