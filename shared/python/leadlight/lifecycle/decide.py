"""What follows from a score: stages entered and left, hand-offs, what is worth announcing, and who fell silent.

Pure: the same standing, fold, score and moment give the same decisions.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from leadlight.activity.order_key import DAY_MS, day_text, milliseconds, moment_of, timestamp
from leadlight.lifecycle.absorb import absorb
from leadlight.lifecycle.decision import Decision, Kind
from leadlight.lifecycle.engagement import engagement
from leadlight.lifecycle.standing import Entries, HandOff, Standing
from leadlight.lifecycle.transitions import CUSTOMER, MQL, OPPORTUNITY, RECYCLED, is_fall, is_legal
from leadlight.model.structs import LifecycleRule, Model
from leadlight.scoring.score import Totals
from leadlight.state.fold import Fold
from leadlight.state.lead_state import LeadState
from leadlight.state.permission import contactable

NOBODY: Mapping[str, Standing] = {}
_MOST_STEPS = 8  # a model whose rules chase each other stops here


class Conclusion(msgspec.Struct):
    """Decisions as they are taken, with the standing that they lead to."""

    lead_id: str
    standing: Standing
    totals: Totals
    model: Model
    now: datetime
    as_of: int
    contactable: bool
    told: Collection[Kind] | None = None
    decisions: list[Decision] = []

    def record(self, kind: Kind, cause: str, **details: Any) -> None:
        """Takes one decision under the next seq."""
        self.standing = msgspec.structs.replace(self.standing, seq=self.standing.seq + 1)
        self.decisions.append(
            Decision(
                lead_id=self.lead_id,
                seq=self.standing.seq,
                kind=kind,
                decided_at=timestamp(self.now),
                as_of=day_text(self.as_of),
                score=self.totals.score,
                grade=self.totals.grade,
                buying_stage=self.totals.buying_stage,
                stage=self.standing.stage,
                model=self.model.id,
                model_version=self.model.version,
                cause=cause,
                contactable=self.contactable,
                suppressed=self.totals.suppressed,
                silent=self.told is not None and kind not in self.told,
                **details,
            )
        )

    def move(self, stage: str, cause: str) -> bool:
        """Enters a stage, where the transition table allows it."""
        before = self.standing.stage
        if stage == before or not is_legal(before, stage):
            return False
        now = milliseconds(self.now)
        entries = dict(self.standing.entries)
        if before in entries:
            entries[before] = msgspec.structs.replace(entries[before], left=now)
        known, entered = entries.get(stage), not is_fall(before, stage)
        entries[stage] = msgspec.structs.replace(known, times=known.times + entered) if known else Entries(first=now)
        self.standing = msgspec.structs.replace(
            self.standing, stage=stage, entered_at=now, entries=entries, hand_off=None, taken=""
        )
        self.record("stage_changed", cause, before=before, after=stage)
        if stage == MQL and entered:
            self.record("qualified", cause)
        return True

    def absorb(self, other: Standing, *, of: str) -> None:
        """Takes over what another lead's decisions had brought it to: it is the same person."""
        before = self.standing.stage
        self.standing = absorb(self.standing, other, of=of)
        if self.standing.stage != before:
            self.record("stage_changed", "merged", before=before, after=self.standing.stage, other=of)

    def hand_off(self, hours: int, cause: str) -> None:
        """Gives the lead to sales, with a due time. Where nobody would be told, sales does not get it."""
        if self.told is not None and "handed_off" not in self.told:
            return
        due = self.now + timedelta(hours=hours)
        name = f"{self.lead_id}#{self.standing.seq + 1}"
        opened = HandOff(name, milliseconds(self.now), milliseconds(due))
        self.standing = msgspec.structs.replace(self.standing, hand_off=opened)
        self.record("handed_off", cause, hand_off=name, due_at=timestamp(moment_of(opened.due_at)))


def decide(  # noqa: PLR0913 - one per circumstance
    state: LeadState,
    *,
    model: Model,
    now: datetime,
    absorbed: Mapping[str, Standing] = NOBODY,
    left: str = "",
    told: Collection[Kind] | None = None,
) -> Conclusion:
    """Takes every decision that is due: merges first, then deals, sales' answers, the score, announcements.

    Args:
        state: a state that has been scored; it is not changed.
        model: its rules say which stage is entered when.
        now: the moment of the decisions; scores are for its day.
        absorbed: the standings of leads that were merged into this one, by their ids.
        left: the lead that this one was merged into, and no longer is.
        told: the kinds of decisions that are announced where they follow from the score; the others are silent. None:
            all are. What deals, sales and a withdrawn consent bring about is always announced.
    """
    conclusion, fold = _begun(state, model, now), state.fold
    if left:
        conclusion.record("unmerged", "other_person", other=left)
    for lead_id, standing in absorbed.items():
        conclusion.absorb(standing, of=lead_id)
    _follow_deals(conclusion, fold)
    _follow_sales(conclusion, fold)
    conclusion.told = told
    for _ in range(_MOST_STEPS):
        if not any(_follow_score(conclusion, rule) for rule in conclusion.model.lifecycle):
            break
    _announce(conclusion)
    _follow_engagement(conclusion, fold)
    return conclusion


def decide_merged(state: LeadState, *, model: Model, now: datetime, into: str) -> Conclusion:
    """The one decision about a lead that was merged into another."""
    conclusion = _begun(state, model, now)
    conclusion.record("merged", "same_person", other=into)
    return conclusion


def picture(state: LeadState, *, model: Model, now: datetime) -> Decision:
    """How a lead stands by now, in the words of its newest decision: nothing is decided."""
    conclusion = _begun(state, model, now)
    conclusion.record("scored", "merged", after=conclusion.totals.score)
    return msgspec.structs.replace(conclusion.decisions[0], seq=state.standing.seq)


def _begun(state: LeadState, model: Model, now: datetime) -> Conclusion:
    if state.totals is None:
        raise ValueError(f"{state.lead_id} has no score yet")
    return Conclusion(
        lead_id=state.lead_id,
        standing=state.standing,
        totals=state.totals,
        model=model,
        now=now,
        as_of=state.as_of,
        contactable=contactable(state.fold.permissions, milliseconds(now)),
    )


def deal_stage(fold: Fold) -> str | None:
    """The stage that the deals put a lead in: customer with one won, opportunity with one open."""
    statuses = {max(steps.items(), key=lambda step: step[1].order_key)[0] for steps in fold.deals.values()}
    if "won" in statuses:
        return CUSTOMER
    return OPPORTUNITY if "opened" in statuses else None


def _follow_deals(conclusion: Conclusion, fold: Fold) -> None:
    stage = deal_stage(fold)
    if stage:
        conclusion.move(stage, "deal_won" if stage == CUSTOMER else "deal_opened")
    elif conclusion.standing.stage == OPPORTUNITY:
        conclusion.move(RECYCLED, "deal_lost")


def _follow_sales(conclusion: Conclusion, fold: Fold) -> None:
    opened = conclusion.standing.hand_off
    verdict = fold.verdicts.get(opened.id) if opened else None
    if opened is None or verdict is None:
        return
    stage = conclusion.standing.stage
    for rule in conclusion.model.lifecycle:
        if rule.on == verdict.answer and stage in rule.source and conclusion.move(rule.enter, f"sales_{rule.on}"):
            answered = {**conclusion.standing.answered, opened.id: verdict.answer}
            conclusion.standing = msgspec.structs.replace(conclusion.standing, answered=answered)
            if verdict.answer == "rejected":
                conclusion.record("rejected", "sales_rejected", hand_off=opened.id)
            return


def _follow_score(conclusion: Conclusion, rule: LifecycleRule) -> bool:
    if rule.score is None:
        return False
    standing, totals, now = conclusion.standing, conclusion.totals, milliseconds(conclusion.now)
    if standing.stage in rule.source:
        left = standing.entries[rule.enter].left if rule.enter in standing.entries else 0
        cool = not left or now - left >= rule.cool_down * DAY_MS
        if totals.score < rule.score or totals.grade > rule.grade or totals.suppressed or not cool:
            return False
        entered = conclusion.move(rule.enter, f"score_at_least_{rule.score}")
        if entered and rule.hand_off_hours is not None:
            conclusion.hand_off(rule.hand_off_hours, f"entered_{rule.enter}")
        return entered
    if standing.hand_off and now < standing.hand_off.due_at:  # sales has the lead until then
        return False
    stayed = now - standing.entered_at >= rule.dwell * DAY_MS
    if standing.stage == rule.enter and rule.falls_below is not None and totals.score < rule.falls_below and stayed:
        return conclusion.move(rule.falls_to, f"score_below_{rule.falls_below}")
    return False


def _announce(conclusion: Conclusion) -> None:
    totals = conclusion.totals
    current = (totals.score, totals.grade, conclusion.contactable and not totals.suppressed)
    last = conclusion.standing.announced
    moved = last is None or abs(totals.score - last[0]) >= conclusion.model.announce_change
    told = conclusion.told
    if last and last[2] and not conclusion.contactable:
        conclusion.told = None  # whoever may not be written to leaves the campaigns, whatever else is told
    if moved or (last and last[1:] != current[1:]):
        conclusion.standing = msgspec.structs.replace(conclusion.standing, announced=current)
        cause = "first_score" if last is None else "score_moved"
        conclusion.record("scored", cause, before=last[0] if last else None, after=totals.score)
    conclusion.told = told


def _follow_engagement(conclusion: Conclusion, fold: Fold) -> None:
    """A lead that was seen to be engaged, and is not any longer, is disengaged: once, until it is engaged again.

    Once a day at most: while a publish settles, functions may go by the days of two models in turn. Of whom nothing is
    left, since it was a machine's or was taken back, nobody says that they fell silent.
    """
    standing, model = conclusion.standing, conclusion.model
    found = engagement(fold.signals, model, conclusion.as_of)
    engaged = found == "engaged"
    if engaged == standing.engaged:
        return
    conclusion.standing = msgspec.structs.replace(standing, engaged=engaged)
    if found == "disengaged" and standing.disengaged != conclusion.as_of:
        conclusion.standing = msgspec.structs.replace(conclusion.standing, disengaged=conclusion.as_of)
        conclusion.record("disengaged", f"silent_for_{model.engaged_within}_days")
