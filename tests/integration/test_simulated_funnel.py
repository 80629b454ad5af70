"""The simulated traffic is repeatable, and real to the functions that read it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from infra.local.simulate import DAYS, Post, funnel
from leadlight.sources import WebhookRequest, receive

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECRET = "a secret"


def simulated(seed: int, leads: int = 60) -> list[Post]:
    return funnel(seed=seed, leads=leads, now=NOW, segment_secret=SECRET)


def test_the_same_seed_sends_the_same_bytes_in_the_same_order() -> None:
    """A demo, a measurement and a bug report can be repeated; another seed differs."""
    assert simulated(1) == simulated(1)
    assert simulated(1) != simulated(2)


def test_every_request_is_understood_by_its_source() -> None:
    """Signatures verify, types are known, and nothing is of the future or before the simulated weeks."""
    types: Counter[str] = Counter()
    for post in simulated(3):
        source = "segment" if post.path.endswith("segment") else "cloudevents"
        headers = {"Authorization": f"Bearer {SECRET}", **post.headers}
        request = WebhookRequest("POST", post.path, headers, post.body)
        for activity in receive(source, request, secret=SECRET, now=NOW):
            types[activity.type] += 1
            assert activity.occurred_at is not None
            assert NOW - timedelta(days=DAYS + 1) <= activity.occurred_at <= NOW
    assert {"page_viewed", "demo_requested", "trial_started", "email_bounced", "deal_won"} <= set(types)


def test_duplicates_and_late_arrivals_are_part_of_it() -> None:
    """Tools send again and out of order; a demo without that would promise too much."""
    posts = simulated(4)
    assert len({post.body for post in posts}) < len(posts)
    times = [post.occurred_at for post in posts]
    assert times != sorted(times)
