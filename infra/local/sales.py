"""A simulated sales team: takes the better part of the leads it is handed, and says why it refuses the others."""

import random
from datetime import UTC, datetime
from typing import Any

from infra.local.session import LocalStack
from infra.local.simulate import cloudevents_post
from infra.local.traffic import send

ACCEPTS = 0.75
REASONS = ("no budget this year", "not a decision maker", "chose another product")
CRM = "https://crm.acme.example"


def answer_hand_offs(stack: LocalStack, *, seed: int, now: datetime) -> int:
    """Answer every hand-off so far through the API, as a CRM would; how many there were."""
    chance = random.Random(seed)
    handed_off = sorted(stack.events("Lead Handed Off"), key=lambda event: -event.detail["score"])
    for place, event in enumerate(handed_off):
        lead = stack.http.get(f"/v1/leads/{event.detail['lead_id']}")
        accepts = place < ACCEPTS * len(handed_off)
        answer: dict[str, Any] = {"handoff_id": event.detail["hand_off"]}
        if not accepts:
            answer["reason"] = chance.choice(REASONS)
        document = {
            "specversion": "1.0",
            "id": f"answer-{event.detail['hand_off']}",
            "source": CRM,
            "type": "handoff_accepted" if accepts else "handoff_rejected",
            "time": now.astimezone(UTC).isoformat(timespec="milliseconds"),
            "subject": lead["email"],
            "data": {"properties": answer},
        }
        send(stack.http, cloudevents_post(document, occurred_at=now))
    return len(handed_off)
