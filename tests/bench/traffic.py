"""Seeded activities of a SaaS funnel as CloudEvents, and how they come.

Half of them come one by one. The other half come ten at once, of one or two leads: a session's page views, an email
tool's flush. 2 % are late by up to three weeks.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

LATE = 0.02
TOGETHER = 10
# Activity type, properties, weight.
_MIX: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("page_viewed", {"path": "/blog/how-we-score", "title": "How we score", "referrer": "https://example.com"}, 30),
    ("page_viewed", {"path": "/pricing", "title": "Pricing", "utm_source": "newsletter", "utm_campaign": "q4"}, 5),
    ("page_viewed", {"path": "/compare/rival", "title": "Compared"}, 2),
    ("feature_used", {"feature": "dashboard", "plan": "trial", "duration_ms": 5320}, 22),
    ("feature_used", {"feature": "integration", "plan": "trial"}, 4),
    ("email_opened", {"campaign": "warm-up", "message": "m-123456789"}, 14),
    ("email_clicked", {"campaign": "warm-up", "message": "m-123456789", "url": "https://example.com/a"}, 7),
    ("content_downloaded", {"title": "State of lead scoring", "format": "pdf"}, 4),
    ("social_engaged", {"network": "linkedin", "kind": "comment"}, 3),
    ("webinar_attended", {"webinar": "w-17", "minutes": 42}, 1),
    ("teammate_invited", {"role": "member"}, 1),
    ("demo_requested", {"form": "demo"}, 1),
    ("lead_identified", {}, 3),
)
_TRAITS = {"job_title": "Head of Growth", "company_size": 120, "industry": "software", "country": "DE"}
_WEIGHTS = [weight for _, _, weight in _MIX]
Event = dict[str, Any]


def history(
    random: Random, lead: str, count: int, *, until: datetime, days: float, name: str = "past"
) -> Iterator[Event]:
    """A lead's activities so far, oldest first, spread evenly over days."""
    for number in range(count):
        yield _event(random, lead, f"{name}-{number}", until - timedelta(days=days * (1 - number / count)))


def requests(
    random: Random, leads: list[str], count: int, *, start: datetime
) -> Iterator[tuple[datetime, list[Event]]]:
    """What comes next: each request's moment and its activities; `count` activities in all."""
    left, moment = count, start
    while left > 0:
        moment += timedelta(minutes=random.randrange(1, 10))
        together = min(left, TOGETHER if random.random() < 1 / (TOGETHER + 1) else 1)
        present = random.sample(leads, min(len(leads), random.choice((1, 2))))
        yield (
            moment,
            [
                _event(random, random.choice(present), f"new-{left - number}", _occurred(random, moment))
                for number in range(together)
            ],
        )
        left -= together


def body(events: list[Event]) -> tuple[str, str]:
    """The content type and body of a request."""
    if len(events) == 1:
        return "application/cloudevents+json", msgspec.json.encode(events[0]).decode()
    return "application/cloudevents-batch+json", msgspec.json.encode(events).decode()


def request(events: list[Event], *, backfill: bool = False) -> dict[str, Any]:
    """The request as API Gateway hands it to the function."""
    content_type, text = body(events)
    return {
        "version": "2.0",
        "routeKey": "POST /v1/activities",
        "rawPath": "/v1/activities",
        "rawQueryString": "backfill=true" if backfill else "",
        **({"queryStringParameters": {"backfill": "true"}} if backfill else {}),
        "headers": {"content-type": content_type, "host": "api.example.com", "user-agent": "bench"},
        "requestContext": {
            "domainName": "api.example.com",
            "requestId": "JKJaXmPLvHcESHA=",
            "http": {"method": "POST", "path": "/v1/activities", "sourceIp": "192.0.2.1"},
        },
        "body": text,
        "isBase64Encoded": False,
    }


def _occurred(random: Random, moment: datetime) -> datetime:
    late = random.uniform(0.5, 21) if random.random() < LATE else 0
    return moment - timedelta(days=late, seconds=random.random() * 5)


def _event(random: Random, lead: str, name: str, occurred_at: datetime) -> Event:
    ((kind, properties, _),) = random.choices(_MIX, _WEIGHTS)
    return {
        "specversion": "1.0",
        "id": f"{lead}-{name}",
        "source": "https://app.example.com",
        "type": kind,
        "time": occurred_at.isoformat(timespec="milliseconds"),
        "subject": f"{lead}@example.com",
        "data": {"properties": properties, **({"traits": _TRAITS} if kind == "lead_identified" else {})},
    }
