"""Enrollments follow the newest decision, however the events come."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from leadlight.lifecycle.decision import Decision, decode
from leadlight.model.document import read_documents
from leadlight.nurture import NurtureState, enroll
from leadlight.nurture.enroll import belongs

CAMPAIGNS = read_documents().model.campaigns
NOW = datetime(2026, 5, 1, tzinfo=UTC)


@st.composite
def decisions(draw: st.DrawFn) -> list[Decision]:
    """What was decided about a lead, oldest first."""
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 100),
                st.sampled_from("ABCD"),
                st.sampled_from(("lead", "mql", "sql", "recycled", "customer")),
                st.sampled_from((True, True, False)),
            ),
            min_size=1,
            max_size=10,
        )
    )
    return [
        Decision(
            lead_id="ld_one",
            seq=seq,
            kind="scored",
            decided_at="2026-05-01T00:00:00.000Z",
            as_of="2026-05-01",
            score=score,
            grade=grade,
            buying_stage="awareness",
            stage=stage,
            model="m",
            model_version=1,
            cause="score_moved",
            contactable=contactable,
        )
        for seq, (score, grade, stage, contactable) in enumerate(rows, start=1)
    ]


def follow(news: list[Decision]) -> NurtureState:
    """The enrollments after events in this order; nothing was published meanwhile."""
    state = NurtureState("ld_one")
    for minute, decision in enumerate(news):
        state = enroll(state, decision, CAMPAIGNS, now=NOW + timedelta(minutes=minute))
    return state


@given(decisions(), st.randoms(use_true_random=False))
def test_the_newest_decision_alone_says_who_is_in(news: list[Decision], random: Random) -> None:
    """Overtaken and repeated events change nothing: in is who belongs now and has not left before."""
    delivered = [decision for decision in news for _ in range(random.choice((1, 1, 2)))]
    random.shuffle(delivered)
    state, newest = follow(delivered), news[-1]
    assert state.seen == newest.seq
    for campaign in CAMPAIGNS:
        place = state.enrollments.get(campaign.id)
        wanted = newest.contactable and belongs(newest, campaign)
        assert place is not None or not wanted
        assert wanted or place is None or place.exited_at


@given(decisions(), st.randoms(use_true_random=False))
def test_a_lead_enters_and_leaves_a_campaign_once(news: list[Decision], random: Random) -> None:
    """Its decisions are numbered without gaps from the first that led to one, and each enrollment has one exit at most."""
    random.shuffle(news)
    state = follow(news)
    taken = decode(state.outbox)
    assert [decision.seq for decision in taken] == list(range(state.seq + 1 - len(taken), state.seq + 1))
    assert state.seq >= len(taken)
    assert len({decision.id for decision in taken}) == len(taken)
    times = Counter((decision.campaign, decision.kind) for decision in taken)
    assert all(count == 1 for count in times.values())
    assert all((campaign, "enrolled") in times for campaign, _ in times)


@given(decisions(), st.randoms(use_true_random=False))
def test_an_event_that_comes_again_is_no_put(news: list[Decision], random: Random) -> None:
    """Nothing new is the very same state: the function saves nothing."""
    state = follow(news)
    assert enroll(state, random.choice(news), CAMPAIGNS, now=NOW) is state
