"""Builders: what a test does not care about has a sensible value."""

from datetime import UTC, datetime, timedelta
from typing import Any

from leadlight.activity import Activity, Fact, Identity, facts_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LEAD = Identity("email", "ada@example.com")


def activity(
    activity_type: str = "email_clicked", *, name: str = "a-1", days_ago: float = 0, **changes: Any
) -> Activity:
    """An activity of one lead."""
    values: dict[str, Any] = {
        "source": "test",
        "id": name,
        "type": activity_type,
        "occurred_at": NOW - timedelta(days=days_ago),
        "identities": (LEAD,),
        **changes,
    }
    return Activity(**values)


def fact(activity_type: str = "email_clicked", **changes: Any) -> Fact:
    """The first fact of an activity."""
    return next(facts_of(activity(activity_type, **changes), received_at=NOW))


def cloudevent(activity_type: str = "email_clicked", *, name: str = "a-1", **changes: Any) -> dict[str, Any]:
    """A CloudEvent of one lead."""
    return {
        "specversion": "1.0",
        "id": name,
        "source": "test",
        "type": activity_type,
        "time": "2026-11-21T11:00:00Z",
        "subject": "ada@example.com",
        "data": {"properties": {}},
        **changes,
    }
