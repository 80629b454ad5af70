"""The bus: entries that failed inside a 200 go again, and what was put is not put twice."""

import pytest

from leadlight.adapters import bus
from leadlight.adapters.bus import EventBridgeBus
from leadlight.events import Event
from leadlight.ports import Unavailable


class Client:
    """EventBridge's client; refuses the first so many entries."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.taken: list[str] = []

    def put_events(self, Entries) -> dict:  # noqa: N803 - AWS's name
        results = []
        for entry in Entries:
            self.refusals -= 1
            if self.refusals >= 0:
                results.append({"ErrorCode": "ThrottlingException"})
            else:
                self.taken.append(entry["Detail"])
                results.append({"EventId": "x"})
        return {"FailedEntryCount": 0, "Entries": results}


@pytest.fixture
def client_that_refuses(monkeypatch):
    def make(refusals: int) -> tuple[Client, EventBridgeBus]:
        client = Client(refusals)
        monkeypatch.setattr(bus, "client", lambda _service: client)
        return client, EventBridgeBus("bus")

    return make


EVENTS = [Event("Lead Scored", f"detail {n}", f"ld_a#{n}") for n in range(23)]


def test_failed_entries_go_again_until_each_was_taken(client_that_refuses):
    """PutEvents answers 200 with failed entries among the others."""
    client, to = client_that_refuses(12)
    to.put(EVENTS)
    assert sorted(client.taken) == sorted(event.detail for event in EVENTS)


def test_too_many_failures_are_told(client_that_refuses):
    """The outbox still holds what was not taken."""
    _, to = client_that_refuses(10_000)
    with pytest.raises(Unavailable, match="10 of 23"):
        to.put(EVENTS)


def test_what_was_put_is_not_put_again(client_that_refuses):
    """An outbox that grew comes with its older decisions."""
    client, to = client_that_refuses(0)
    to.put(EVENTS[:5])
    to.put(EVENTS[:8])
    assert client.taken == [event.detail for event in EVENTS[:8]]


def test_what_was_refused_is_not_taken_for_put(client_that_refuses):
    """After a failure the same call puts what is missing."""
    client, to = client_that_refuses(10_000)
    with pytest.raises(Unavailable):
        to.put(EVENTS[:5])
    client.refusals = 0
    to.put(EVENTS[:5])
    assert client.taken == [event.detail for event in EVENTS[:5]]
