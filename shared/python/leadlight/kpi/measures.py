"""Measures by day: plain counts and whole-day histograms, so that days add up to weeks and months.

They are a pure function of the leads' states: a late fact restates its day, and a second run changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from leadlight.activity import is_account
from leadlight.activity.order_key import DAY_MS, day_number, day_of, day_text
from leadlight.kpi.spend import Spend
from leadlight.lifecycle.transitions import MQL, SQL
from leadlight.state import Fold, LeadState


class DayMeasures(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one day adds. `counts` by measure; `lags`: histograms of whole days.

    `amounts` (what was won) and `spend` (what marketing and sales cost) are in hundredths by currency.
    `levels` are what stood on the day (`engaged`, `disengaged`): they do not add up, the newest counts.
    Cohort measures (`cohort_*`) stand on the day of the leads' first contact, all others on the day they occurred.
    """

    day: str
    counts: Mapping[str, int]
    lags: Mapping[str, Mapping[int, int]] = msgspec.field(default_factory=dict)
    amounts: Mapping[str, int] = msgspec.field(default_factory=dict)
    spend: Mapping[str, int] = msgspec.field(default_factory=dict)
    levels: Mapping[str, int] = msgspec.field(default_factory=dict)


class Engagement(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep counted as of a day: leads that are engaged, those that were, and those that became so that day."""

    day: str
    engaged: int
    disengaged: int
    newly_disengaged: int


class _Day(NamedTuple):
    counts: Counter[str]
    lags: defaultdict[str, Counter[int]]
    amounts: Counter[str]
    spend: Counter[str]
    levels: dict[str, int]


def measure(
    states: Iterable[LeadState], spend: Iterable[Spend] = (), engagement: Iterable[Engagement] = ()
) -> list[DayMeasures]:
    """The measures of every day on which something happened or was counted, oldest first."""
    days: defaultdict[int, _Day] = defaultdict(lambda: _Day(Counter(), defaultdict(Counter), Counter(), Counter(), {}))
    for state in states:
        if is_account(state.lead_id):
            continue
        first = state.fold.first
        cohort = day_of(first.order_key) if first else None
        if cohort is not None:
            days[cohort].counts["new_leads"] += 1
            _entries(days, cohort, state)
        _deals(days, cohort, state.fold)
        for name, verdict in state.fold.verdicts.items():
            if state.standing.answered.get(name) != verdict.answer:
                continue  # an answer to no hand-off of ours
            days[day_of(verdict.order_key)].counts[f"hand_offs_{verdict.answer}"] += 1
    for line in spend:
        days[_number(line.day)].spend[line.currency] += line.amount
    for counted in engagement:
        days[_number(counted.day)].levels.update(engaged=counted.engaged, disengaged=counted.disengaged)
        days[_number(counted.day)].counts["newly_disengaged"] = counted.newly_disengaged
    return [
        DayMeasures(
            day_text(day),
            dict(sorted(found.counts.items())),
            {name: dict(sorted(lags.items())) for name, lags in sorted(found.lags.items())},
            dict(sorted(found.amounts.items())),
            dict(sorted(found.spend.items())),
            found.levels,
        )
        for day, found in sorted(days.items())
    ]


def _number(day: str) -> int:
    return day_number(datetime.fromisoformat(day).replace(tzinfo=UTC))


def _deals(days: Mapping[int, _Day], cohort: int | None, fold: Fold) -> None:
    """A customer whose first contact is unknown counts as one; its cycle and its cohort are unknown."""
    won = [steps["won"] for steps in fold.deals.values() if "won" in steps]
    for deal in won:
        closed = days[day_of(deal.order_key)]
        closed.counts["deals_won"] += 1
        if deal.amount:
            closed.amounts[deal.currency] += deal.amount
    if won:
        first = min(day_of(deal.order_key) for deal in won)
        days[first].counts["customers"] += 1
        if cohort is not None:
            days[first].lags["cycle"][first - cohort] += 1
            days[cohort].lags["cohort_win"][first - cohort] += 1


def _entries(days: Mapping[int, _Day], cohort: int, state: LeadState) -> None:
    for stage in (MQL, SQL):
        entries = state.standing.entries.get(stage)
        if entries:
            day = entries.first // DAY_MS
            days[day].counts[f"{stage}_first"] += 1
            days[day].counts[f"{stage}_again"] += entries.times - 1
            days[cohort].lags[f"cohort_{stage}"][day - cohort] += 1
