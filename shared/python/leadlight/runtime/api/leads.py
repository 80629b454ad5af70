"""Leads as the API shows them: the score of today with its reasons."""

from typing import Any

import msgspec

from leadlight.activity.order_key import day_number, day_text, milliseconds_of, moment_of, timestamp
from leadlight.adapters.lead_items import stage_of
from leadlight.lifecycle.decide import contactable
from leadlight.ports import Ports
from leadlight.scoring import Score
from leadlight.scoring.explanation import explanation
from leadlight.state import LeadState

_TOP = 3


def lead_view(state: LeadState, ports: Ports) -> dict[str, Any]:
    """Everything about one lead: profile, score with every contribution, decisions."""
    today = day_number(ports.now())
    score = ports.portfolio.score(state.fold, today)
    fold, hand_off = state.fold, state.standing.hand_off
    first = timestamp(moment_of(milliseconds_of(fold.first.order_key))) if fold.first else None
    return {
        **summary(state, score),
        **explanation(score, ports.portfolio.of(fold, today).model),
        "other_models": {
            name: {"score": totals.score, "grade": totals.grade, "buying_stage": totals.buying_stage}
            for name, totals in ports.portfolio.others(fold, today).items()
        },
        "traits": {name: trait.value for name, trait in sorted(fold.traits.items())},
        "identities": [{"kind": kind, "value": value} for kind, value in sorted(fold.identities)],
        "first_contact": first,
        "contactable": contactable(fold),
        "deals": {
            name: {
                status: {
                    "at": timestamp(moment_of(milliseconds_of(step.order_key))),
                    "amount": step.amount / 100,
                }
                for status, step in steps.items()
            }
            for name, steps in sorted(fold.deals.items())
        },
        "hand_off": None if hand_off is None else {"id": hand_off.id, "due_at": timestamp(moment_of(hand_off.due_at))},
        "nurture": ports.leads.get_nurture(state.lead_id).enrollments,
        "decisions": [{"id": decision.id, **msgspec.to_builtins(decision)} for decision in _decisions(state, ports)],
        "activity_by_day": {
            signal: {day_text(day): count for day, count in sorted(days.items())}
            for signal, days in sorted(fold.signals.items())
        },
    }


def summary(state: LeadState, score: Score) -> dict[str, Any]:
    """A lead in a line of the ranking."""
    traits = state.fold.known_traits()
    return {
        "lead_id": state.lead_id,
        "score": score.totals.score,
        "grade": score.totals.grade,
        "stage": stage_of(state),
        "buying_stage": score.totals.buying_stage,
        "name": traits.get("name"),
        "email": state.fold.email,
        "company": traits.get("company"),
        "top_contributions": [
            {"criterion": part.criterion, "label": part.label, "share": part.share / 1000}
            for part in score.reasons[:_TOP]
        ],
    }


def _decisions(state: LeadState, ports: Ports) -> list[Any]:
    return ports.records.decisions(state.lead_id)
