"""Promise 2 on the deployed stack: 500 activities, each posted three times in any order by eight clients at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from infra.local.session import LocalStack
from leadlight.activity import Activity, Identity
from leadlight.activity.order_key import day_number
from leadlight.lifecycle.transitions import TRANSITIONS
from leadlight.state import prune
from tests.e2e.folds import ordered_folds, own, states
from tests.e2e.requests import activities

LEADS, ACTIVITIES, TIMES, CLIENTS, MOST_AT_ONCE = 50, 500, 3, 8, 40
SOURCE = "exactly-once"
KINDS = (
    "page_viewed",
    "feature_used",
    "email_clicked",
    "demo_requested",
    "trial_started",
    "lead_identified",
    "deal_won",
)
DETAILS: dict[str, dict[str, Any]] = {
    "page_viewed": {"properties": {"path": "/pricing"}},
    "feature_used": {"properties": {"feature": "report"}},
    "lead_identified": {"traits": {"job_title": "CTO", "company_size": 120, "industry": "software"}},
    "deal_won": {"properties": {"deal_id": "d1", "amount": 900, "currency": "EUR"}},
}


def drawn(random: Random, now: datetime) -> list[Activity]:
    """What the leads did: enough of it by some to overflow their rings."""
    found = []
    for number in range(ACTIVITIES):
        lead = int(LEADS * random.random() ** 2)
        kind = random.choices(KINDS, (40, 20, 12, 8, 5, 12, 3))[0]
        at = now - timedelta(days=random.random() * 25)
        found.append(
            Activity(
                source=SOURCE,
                id=f"x{number}",
                type=kind,
                occurred_at=at.replace(microsecond=at.microsecond // 1000 * 1000),
                identities=(Identity("email", f"once{lead}@acme{lead}.example"),),
                **DETAILS.get(kind, {}),
            )
        )
    return found


def event_of(activity: Activity) -> dict[str, Any]:
    assert activity.occurred_at
    return {
        "specversion": "1.0",
        "id": activity.id,
        "source": activity.source,
        "type": activity.type,
        "time": activity.occurred_at.isoformat(),
        "subject": activity.identities[0].value,
        "data": {"properties": dict(activity.properties), "traits": dict(activity.traits)},
    }


def post(stack: LocalStack, sent: list[dict[str, Any]]) -> None:
    """Posts a batch until it is answered for good, as a client does."""
    for _ in range(10):
        answer = activities(stack, sent)
        if answer.status < 500 and answer.status != 429:
            assert (answer.status, answer.json()["recorded"]) == (202, len(sent)), answer.body
            return
    raise AssertionError(f"not taken: {answer.status} {answer.body!r}")


def test_a_crowd_posted_three_times_counts_once(stack: LocalStack) -> None:
    """Folds equal a single ordered pass byte for byte; decisions are legal, and each has one event id."""
    random, now = Random(5), datetime.now(UTC)
    sent = drawn(random, now)
    posted = [event_of(activity) for activity in sent for _ in range(TIMES)]
    random.shuffle(posted)
    batches = []
    while posted:
        size = random.randint(1, MOST_AT_ONCE)
        batches.append(posted[:size])
        posted = posted[size:]
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda batch: post(stack, batch), batches))
    stack.wait_idle()

    stored = states(stack)
    horizon = day_number(now) - 300
    wanted = ordered_folds(sent, now, horizon)
    events = stack.events()
    for lead_id, fold in wanted.items():
        state = stored[lead_id]
        prune(state.fold, horizon)
        assert own(state.fold) == own(fold)
        decisions = stack.http.get(f"/v1/leads/{lead_id}")["decisions"]
        ours = [decision for decision in decisions if not decision.get("campaign")]
        assert sorted(decision["seq"] for decision in ours) == list(range(1, state.standing.seq + 1))
        stage = "lead"
        for move in sorted(ours, key=lambda decision: decision["seq"]):
            if move["kind"] == "stage_changed":
                assert (move["before"], move["after"] in TRANSITIONS[stage]) == (stage, True)
                stage = move["after"]
        details: dict[str, set[str]] = {}
        for event in events:
            if event.detail.get("lead_id") == lead_id:
                details.setdefault(event.detail["id"], set()).add(json.dumps(event.detail, sort_keys=True))
        assert details.keys() == {decision["id"] for decision in decisions}
        assert all(len(said) == 1 for said in details.values())
