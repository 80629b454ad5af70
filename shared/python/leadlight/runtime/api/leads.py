"""Leads as the API shows them: the score of today with its reasons."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import msgspec

from leadlight.activity.order_key import day_number, day_text, milliseconds_of, moment_of, timestamp
from leadlight.adapters.lead_items import stage_of
from leadlight.lifecycle.decide import contactable
from leadlight.ports import Ports
from leadlight.problems import MalformedEvent
from leadlight.scoring import Score
from leadlight.scoring.explanation import explanation
from leadlight.state import LeadState

_TOP = 3
Place = tuple[int, int, str]  # bucket, score, lead_id of the last lead on a page


def ranking(
    ports: Ports, *, stages: Sequence[str], limit: int, token: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of the leads of some stages, highest score first, and the token of the next page.

    The index holds buckets of five points; within a bucket the scores of today decide.
    """
    after = _place(token) if token else None
    wanted = limit + 1
    while True:
        found = ports.leads.ranked(stages, at_most=after[0] if after else 100, limit=wanted)
        buckets = {ranked.lead_id: ranked.bucket for ranked in found}
        rows = sorted(
            ((buckets[state.lead_id], _score(state, ports), state) for state in ports.leads.get_many(list(buckets))),
            key=lambda row: (-row[0], -row[1].totals.score, row[2].lead_id),
        )
        if after:
            rows = [row for row in rows if (-row[0], -row[1].totals.score, row[2].lead_id) > _order(after)]
        if len(rows) > limit or len(found) < wanted:
            break
        wanted *= 2
    page = rows[:limit]
    following = _token(page[-1]) if len(rows) > limit else None
    return [_summary(state, score) for _, score, state in page], following


def lead_view(state: LeadState, ports: Ports) -> dict[str, Any]:
    """Everything about one lead: profile, score with every contribution, decisions."""
    score = _score(state, ports)
    fold, hand_off = state.fold, state.standing.hand_off
    first = timestamp(moment_of(milliseconds_of(fold.first.order_key))) if fold.first else None
    return {
        **_summary(state, score),
        **explanation(score, ports.engine.model),
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


def _summary(state: LeadState, score: Score) -> dict[str, Any]:
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


def _score(state: LeadState, ports: Ports) -> Score:
    return ports.engine.score(state.fold, day_number(ports.now()))


def _decisions(state: LeadState, ports: Ports) -> list[Any]:
    return ports.records.decisions(state.lead_id)


def _order(place: Place) -> Place:
    return -place[0], -place[1], place[2]


def _token(row: tuple[int, Score, LeadState]) -> str:
    place = msgspec.json.encode((row[0], row[1].totals.score, row[2].lead_id))
    return base64.urlsafe_b64encode(place).decode()


def _place(token: str) -> Place:
    try:
        place: Place = msgspec.json.decode(base64.urlsafe_b64decode(token), type=Place)
        return place  # noqa: TRY300
    except (binascii.Error, ValueError) as error:
        raise MalformedEvent("next must be the token that the page before gave", field="next") from error
