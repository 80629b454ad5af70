"""The DynamoDB adapters on an in-memory DynamoDB: conditions, repeats, pages."""

import msgspec
import pytest

from leadlight.activity import Fact, Identity, Kind, facts_of
from leadlight.adapters.lead_items import STATE, rank_key
from leadlight.adapters.records import DynamoRecords
from leadlight.kpi import DayMeasures, Engagement, Spend
from leadlight.model.structs import BuyingStage
from leadlight.nurture import NurtureState
from leadlight.ports import Conflict
from leadlight.scoring import Totals
from leadlight.state import LeadState, codec
from tests.unit.builders import NOW, activity, fact
from tests.unit.events.test_contract import DECISION


def day(number: int) -> int:
    return fact(days_ago=number).occurred_at.toordinal() - NOW.replace(year=1970, month=1, day=1).toordinal()


def test_facts_come_back_as_they_went_in_and_twice_is_once(facts, aws):
    """30 facts, put twice, in more than one batch: 30 items, each the same as before."""
    sent = [fact(name=f"a-{n}", days_ago=n % 3, properties={"n": n, "x": 1.5, "y": True}) for n in range(30)]
    facts.put(sent)
    facts.put(sent + sent[:7])
    assert aws.scan(TableName="activities")["Count"] == 30
    found = [each for number in range(3) for each in facts.on(sent[0].lead_id, day(number), untimed=False)]
    assert sorted(found, key=key) == sorted(sent, key=key)


def test_the_facts_of_a_register_come_alone(facts):
    """Its kind's, timed or not, of this lead only; what is no fact is left out."""
    deal = {"deal_id": "d"}
    sent = [
        fact("deal_opened", name="d-1", properties=deal, days_ago=2),
        fact("deal_won", name="d-2", properties=deal, occurred_at=None),
    ]
    facts.put([*sent, fact(), fact("deal_won", properties=deal, identities=(Identity("user", "other"),))])
    unreadable = {"lead_id": {"S": sent[0].lead_id}, "key": {"S": "deal#2026"}, "body": {"S": "{}"}}
    facts._client.put_item(TableName="activities", Item=unreadable)
    assert sorted(facts.of(sent[0].lead_id, Kind.DEAL), key=key) == sorted(sent, key=key)


def key(each: Fact) -> bytes:
    return each.order_key


def test_a_fact_without_a_time_keeps_its_first_receipt(facts):
    """Redelivered a day later, it still occurred when it first came."""
    untimed = activity(occurred_at=None)
    [first] = facts_of(untimed, received_at=NOW)
    [again] = facts_of(untimed, received_at=NOW.replace(day=22))
    facts.put([first])
    facts.put([again])
    assert facts.on(first.lead_id, day(0), untimed=True) == [first]
    assert facts.on(first.lead_id, day(0), untimed=False) == []


def test_many_facts_without_a_time_keep_the_first_of_each(facts):
    """Also where one stands twice in a batch."""
    told = [activity(id=f"n{n}", occurred_at=None) for n in range(40)]
    first = [fact for each in told for fact in facts_of(each, received_at=NOW)]
    again = [fact for each in told for fact in facts_of(each, received_at=NOW.replace(day=22))]
    facts.put([*first, *again])
    facts.put(again)
    assert sorted(facts.every(first[0].lead_id), key=key) == sorted(first, key=key)


def test_a_state_is_saved_only_over_the_version_that_was_read(leads):
    """The second of two who read the same version must start again."""
    leads.put(LeadState("ld_a"))
    mine, yours = (leads.get("ld_a", consistent=True) for _ in range(2))
    assert mine.version == 1
    mine.totals = Totals(47, "A", BuyingStage.DECISION)
    leads.put(mine)
    with pytest.raises(Conflict):
        leads.put(yours)
    with pytest.raises(Conflict):
        leads.put(LeadState("ld_a"))
    saved = leads.get("ld_a", consistent=True)
    assert (saved.version, saved.totals, codec.encode(saved.fold)) == (2, mine.totals, codec.encode(mine.fold))


def test_an_outbox_is_emptied_only_where_it_is_still_the_published_one(leads):
    """A newer outbox stays, for its own record."""
    leads.put(LeadState("ld_a", outbox="[1,2]"))
    leads.clear_outbox("ld_a", STATE, "[1]")
    assert leads.get("ld_a", consistent=True).outbox == "[1,2]"
    leads.clear_outbox("ld_a", STATE, "[1,2]")
    assert leads.get("ld_a", consistent=True).outbox == ""
    leads.clear_outbox("ld_a", STATE, "[1,2]")


def test_enrollments_are_saved_only_over_the_version_that_was_read(leads):
    """Like states, beside them in the table."""
    state = leads.get_nurture("ld_a")
    leads.put_nurture(NurtureState("ld_a", seen=4, outbox="[1]"))
    with pytest.raises(Conflict):
        leads.put_nurture(state)
    assert leads.get_nurture("ld_a") == NurtureState("ld_a", version=1, seen=4, outbox="[1]")


@pytest.mark.parametrize("limit", [1, 7, 40, 100])
def test_the_ranking_is_merged_over_the_shards(leads, limit):
    """Highest bucket first, from any place on, whatever shard a lead is in."""
    ranks = sorted((rank_key(n % 23 * 4, f"ld_{n:02d}") for n in range(60)), reverse=True)
    for n in range(60):
        leads.put(LeadState(f"ld_{n:02d}", totals=Totals(n % 23 * 4, "B", BuyingStage.AWARENESS)))
    assert leads.ranked(["lead", "mql"], below="~", limit=limit) == ranks[:limit]
    assert leads.ranked(["lead"], below=ranks[10], limit=limit) == ranks[11 : 11 + limit]
    assert leads.ranked(["mql"], below="~", limit=limit) == []


def test_states_come_many_at_once(leads):
    """Those that exist."""
    for name in ("ld_a", "ld_b"):
        leads.put(LeadState(name))
    assert {state.lead_id for state in leads.get_many(["ld_a", "ld_b", "ld_c"])} == {"ld_a", "ld_b"}
    doubled = [*(f"ld_{n}" for n in range(50)), "ld_a", "ld_b", "ld_a"]  # as an index that lags has them
    assert sorted(state.lead_id for state in leads.get_many(doubled)) == ["ld_a", "ld_b"]


def test_a_scan_gives_states_and_nothing_else(leads):
    """Enrollments stand in the same table and are not leads."""
    leads.put(LeadState("ld_a"))
    leads.put_nurture(NurtureState("ld_a"))
    assert [state.lead_id for state in leads.scan()] == ["ld_a"]


def test_measures_are_replaced_and_only_what_differs_is_written(aws):
    """A second run writes nothing; a day that emptied goes."""
    records = DynamoRecords("records")
    days = [DayMeasures(f"2026-11-{n:02d}", {"new_leads": n}) for n in range(1, 29)]
    assert records.put_measures(days, as_of=NOW) == 28
    assert records.put_measures(days, as_of=NOW) == 0
    assert records.put_measures(days[1:], as_of=NOW) == 1
    assert records.measures() == (days[1:], NOW)


def test_decision_records_are_stored_once(aws):
    """The same decision again is the same item."""
    records = DynamoRecords("records")
    records.put_decisions([DECISION])
    records.put_decisions([DECISION])
    assert records.decisions("ld_a") == [DECISION]


def test_a_line_of_spend_is_stored_once_and_the_last_content_stays(aws):
    """More lines than one write takes, twice, some of them twice within; they come back by day."""

    def line(number: int, amount: int = 100) -> Spend:
        day = f"2026-11-{1 + number % 28:02}"
        return Spend(source="ads", id=str(number), day=day, channel="search", amount=amount, currency="EUR")

    records = DynamoRecords("records")
    lines = [line(number) for number in range(40)]
    records.put_spend(lines)
    records.put_spend([*lines, line(0, amount=200)])
    found = records.spend()
    assert [each.day for each in found] == sorted(each.day for each in lines)
    assert {each.id: each.amount for each in found} == {str(n): 100 + 100 * (n == 0) for n in range(40)}


def test_what_a_night_counted_is_kept_by_day_and_put_again_at_its_place(aws):
    """The same sweep may store it twice; days come in their order."""
    records = DynamoRecords("records")
    nights = [Engagement(day=f"2026-11-{n}", engaged=n, disengaged=2, newly_disengaged=1) for n in (21, 19, 20)]
    for night in (*nights, nights[0]):
        records.put_engagement(night)
    assert records.engagement() == sorted(nights, key=lambda night: night.day)


def test_decisions_that_were_taken_together_are_one_item_and_go_one_by_one(aws):
    """Whichever of them are to go, in any order; the rest stays."""
    records = DynamoRecords("records")
    taken = [msgspec.structs.replace(DECISION, seq=seq) for seq in range(1, 5)]
    nurtured = msgspec.structs.replace(DECISION, seq=1, kind="enrolled", campaign="warm-up")
    records.put_decisions(taken[:2])
    records.put_decisions(taken[:3])  # the outbox grew before it was emptied
    records.put_decisions(taken[3:])
    records.put_decisions([nurtured])
    assert len(aws.scan(TableName="records")["Items"]) == 3
    assert {each.id for each in records.decisions("ld_a")} == {"ld_a#1", "ld_a#2", "ld_a#3", "ld_a#4", "ld_a#n1"}
    records.drop_decisions(taken[1:2])
    assert {each.id for each in records.decisions("ld_a")} == {"ld_a#1", "ld_a#3", "ld_a#4", "ld_a#n1"}
    records.drop_decisions(records.decisions("ld_a"))
    assert not aws.scan(TableName="records")["Items"]
