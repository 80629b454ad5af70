"""Leads as the API shows them: the score of today with its reasons."""

from typing import Any

import msgspec

from leadlight.activity.order_key import day_number, day_text, milliseconds, milliseconds_of, moment_of, timestamp
from leadlight.adapters.lead_items import stage_of
from leadlight.ports import Ports
from leadlight.runtime.api.guarded import guarded
from leadlight.scoring import Score
from leadlight.scoring.explanation import explanation
from leadlight.state import Fold, LeadState
from leadlight.state.permission import contactable, in_force

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
        "account": _account(fold),
        "known_traits": _known(fold),
        "identities": [{"kind": kind, "value": value} for kind, value in sorted(fold.identities)],
        "first_contact": first,
        **_permissions(fold, milliseconds(ports.now())),
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
        "bot_guard": guarded(fold),
        "activity_by_day": {
            signal: {day_text(day): count for day, count in sorted(days.items())}
            for signal, days in sorted(fold.signals.items())
        },
    }


def _account(fold: Fold) -> dict[str, Any] | None:
    """The lead's account and what it told: it counts where the lead's own traits say nothing."""
    company = fold.companies.get(fold.account)
    return {"account_id": fold.account, "traits": company.traits if company else {}} if fold.account else None


def _known(fold: Fold) -> dict[str, Any]:
    """Every trait that the model reads, and whence it is: the lead, its account, or worked out of the others."""
    company = fold.companies.get(fold.account)

    def origin(name: str) -> str:
        return "lead" if name in fold.traits else "account" if company and name in company.traits else "derived"

    return {name: {"value": value, "from": origin(name)} for name, value in sorted(fold.known_traits().items())}


def _permissions(fold: Fold, now: int) -> dict[str, Any]:
    """Whether the lead may be written to, by whose word and since when; and what was said for a moment to come."""
    return {
        "contactable": contactable(fold.permissions, now),
        "permissions": [
            {
                "about": about,
                "type": each.type,
                "at": timestamp(moment_of(each.since)),
                "source": each.source,
                "in_force": each.since <= now,
            }
            for about, permissions in sorted(fold.permissions.items())
            for each in permissions
            if each.since > now or each is in_force(permissions, now)
        ],
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
