"""Engaged, disengaged, or never: by what the lead's model gives points for, within the days that it says."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from leadlight.activity.order_key import day_number
from leadlight.lifecycle import standing
from leadlight.lifecycle.absorb import absorb
from leadlight.lifecycle.decide import decide
from leadlight.lifecycle.decision import Decision
from leadlight.lifecycle.engagement import engagement
from leadlight.lifecycle.standing import Standing
from leadlight.model.document import DEFAULT_MODEL, InvalidDocument, read_catalogue, read_documents, read_model
from leadlight.scoring import Engine
from leadlight.state import LeadState
from tests.unit.builders import NOW

MODEL = read_documents().model
TODAY = day_number(NOW)


@pytest.mark.parametrize(
    ("signals", "found"),
    [
        ({}, "never"),
        ({"site_visited": {TODAY: 1}}, "engaged"),
        ({"site_visited": {TODAY - 29: 1}}, "engaged"),
        ({"site_visited": {TODAY - 30: 3}}, "disengaged"),
        ({"site_visited": {TODAY - 30: 1}, "email_clicked": {TODAY - 2: 1}}, "engaged"),
        ({"email_bounced": {TODAY: 1}, "unsubscribed": {TODAY: 1}, "careers_page_viewed": {TODAY: 1}}, "never"),
        ({"site_visited": {TODAY - 50: 1}, "spam_complained": {TODAY: 1}}, "disengaged"),
        ({"site_visited": {TODAY + 1: 1}}, "never"),
    ],
)
def test_what_gives_points_within_the_models_days_is_engagement(signals: dict[str, dict[int, int]], found: str) -> None:
    """As a criterion's window counts: today is its first day. What has no points, or lies ahead, does not count."""
    assert engagement(signals, MODEL, TODAY) == found


def test_the_days_are_the_models(tmp_path: Path) -> None:
    """`engaged_within`, checked as every window is."""
    assert engagement({"site_visited": {TODAY - 5: 1}}, msgspec.structs.replace(MODEL, engaged_within=5), TODAY) == (
        "disengaged"
    )
    path = tmp_path / "model.yaml"
    for given, told in (("30", "write whole days such as 30d, found 30"), ("500d", "write 1d to 365d, found 500d")):
        path.write_text(DEFAULT_MODEL.read_text().replace("engaged_within: 30d", f"engaged_within: {given}"))
        with pytest.raises(InvalidDocument, match=f"engaged_within: {told}"):
            read_model(path, catalogue=read_catalogue())


def course(*visits: int, days: int) -> tuple[Standing, list[Decision]]:
    """A lead that visits the site on some days from now on, and is looked at daily."""
    state, taken = LeadState("ld_a"), []
    for day in range(days):
        now, today = NOW + timedelta(days=day), TODAY + day
        if day in visits:
            state.fold.count(today, ("site_visited",))
        state = replace(state, totals=Engine(MODEL).totals(state.fold, today), as_of=today)
        conclusion = decide(state, model=MODEL, now=now)
        state = replace(state, standing=conclusion.standing)
        taken += conclusion.decisions
    return state.standing, [decision for decision in taken if decision.kind == "disengaged"]


def test_each_crossing_is_decided_once() -> None:
    """Thirty days after the last visit; again after the next one; and no more while nothing happens."""
    stood, taken = course(0, 10, 60, days=200)
    assert [(each.as_of, each.cause) for each in taken] == [
        (str((NOW + timedelta(days=40)).date()), "silent_for_30_days"),
        (str((NOW + timedelta(days=90)).date()), "silent_for_30_days"),
    ]
    assert (stood.engaged, stood.disengaged) == (False, TODAY + 90)


def test_nobody_falls_silent_of_whom_nothing_is_left() -> None:
    """A machine's visits were set aside, or a fact was deleted: the lead is engaged no longer, and was never silent."""
    state = LeadState("ld_a")
    state.fold.count(TODAY, ("site_visited",))
    for signals in (state.fold.signals, {}):
        fold = replace(state.fold, signals=signals)
        state = replace(state, fold=fold, totals=Engine(MODEL).totals(fold, TODAY), as_of=TODAY)
        conclusion = decide(state, model=MODEL, now=NOW)
        state = replace(state, standing=conclusion.standing)
    assert "disengaged" not in [decision.kind for decision in conclusion.decisions]
    assert (state.standing.engaged, state.standing.disengaged) == (False, Standing().disengaged)


def test_it_is_decided_once_a_day_at_most() -> None:
    """By a model of fewer days, then by one of more that some function still goes by, then by the first again."""
    state, shorter, taken = LeadState("ld_a"), msgspec.structs.replace(MODEL, engaged_within=3), []
    state.fold.count(TODAY - 5, ("site_visited",))
    for model in (MODEL, shorter, MODEL, shorter):
        state = replace(state, totals=Engine(model).totals(state.fold, TODAY), as_of=TODAY)
        conclusion = decide(state, model=model, now=NOW)
        state = replace(state, standing=conclusion.standing)
        taken += [decision.kind for decision in conclusion.decisions]
    assert taken.count("disengaged") == 1
    assert not state.standing.engaged


def test_who_was_never_seen_to_be_engaged_is_not_announced() -> None:
    """Nor is a lead that comes with what it did long ago."""
    assert course(days=100)[1] == []
    state = LeadState("ld_a")
    state.fold.count(TODAY - 90, ("site_visited",))
    state = replace(state, totals=Engine(MODEL).totals(state.fold, TODAY), as_of=TODAY)
    assert "disengaged" not in {decision.kind for decision in decide(state, model=MODEL, now=NOW).decisions}


def test_a_standing_that_was_stored_before_is_read() -> None:
    """Nobody looked yet; two bytes more say so."""
    new = standing.encode(Standing(seq=3, stage="mql"))
    old = msgspec.msgpack.encode(msgspec.msgpack.decode(new)[:-2])
    assert standing.decode(old) == standing.decode(new)
    assert len(new) - len(old) == 2


def test_engagement_is_a_leads_own() -> None:
    """Whoever takes a merged lead's standing has its facts too, and is looked at itself."""
    mine = absorb(Standing(seq=1), Standing(seq=4, stage="mql", engaged=True, disengaged=TODAY), of="ld_b")
    assert (mine.stage, mine.engaged, mine.disengaged) == ("mql", False, 0)
