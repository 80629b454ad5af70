"""Posts requests to the API from a few clients at once, and measures how long an event takes to come out."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.local.http_client import HttpClient, Response
from infra.local.session import LocalStack
from infra.local.simulate import Post, cloudevents_post

# The emulator starts a process per concurrent request; more of them are slower on two cores.
CLIENTS = 2
ARRIVAL_SECONDS = 10.0


class Refused(RuntimeError):
    """The API refused a request that it should have taken; the message is its answer."""


def send(http: HttpClient, post: Post) -> Response:
    """Send one request.

    Raises:
        Refused: the answer is not a 2xx.
    """
    answer = http.request("POST", post.path, body=post.body, headers=post.headers, signed=post.signed)
    if answer.status // 100 != 2:  # noqa: PLR2004
        raise Refused(f"{post.path}: {answer.status} {answer.body.decode(errors='replace')}")
    return answer


def send_all(
    http: HttpClient, posts: Iterable[Post], *, on_sent: Callable[[], object], clients: int = CLIENTS
) -> Counter[int]:
    """Send the requests, nearly in their order; how often each status came back."""
    statuses: Counter[int] = Counter()
    with ThreadPoolExecutor(clients) as pool:
        for answer in pool.map(lambda post: send(http, post), posts):
            statuses[answer.status] += 1
            on_sent()
    return statuses


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Milliseconds from a post to the arrival of its event on the bus."""

    samples: tuple[float, ...]

    def percentile(self, percent: float) -> float:
        """By nearest rank."""
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def measure_latency(stack: LocalStack, *, samples: int, now: datetime, run: str) -> Latency:
    """Post new leads, one at a time: each must cause a "Lead Scored".

    Raises:
        TimeoutError: an event did not arrive.
    """
    measured = []
    for number in range(samples):
        stack.wait_idle()
        seen = len(stack.events("Lead Scored"))
        began = time.time()
        send(stack.http, _new_lead(f"probe-{run}-{number}", now))
        measured.append((_arrival(stack, seen).timestamp() - began) * 1000)
    stack.wait_idle()
    return Latency(samples=tuple(measured))


def _arrival(stack: LocalStack, seen: int) -> datetime:
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while time.monotonic() < deadline:
        events: Sequence[datetime] = [event.arrived_at for event in stack.events("Lead Scored")]
        if len(events) > seen:
            return events[seen]
        time.sleep(0.01)
    raise TimeoutError(f"no event within {ARRIVAL_SECONDS:.0f} s; errors of functions: {stack.errors()[-2:]}")


def _new_lead(name: str, now: datetime) -> Post:
    """A lead that fits well enough for its first score to be announced, and ranks low."""
    event = {
        "specversion": "1.0",
        "id": name,
        "source": "https://forms.acme.example",
        "type": "page_viewed",
        "time": now.astimezone(UTC).isoformat(timespec="milliseconds"),
        "subject": f"{name}@latency.example",
        "data": {
            "properties": {"path": "/"},
            "traits": {"name": "Latency probe", "title": "Manager", "employees": 20, "industry": "saas"},
        },
    }
    return cloudevents_post(event, occurred_at=now)
