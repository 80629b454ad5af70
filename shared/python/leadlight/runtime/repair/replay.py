"""Failed events, tried again after their cause was mended: each may be the last before a crash, and be done twice."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from leadlight.failed import RUN, STREAM, Kept
from leadlight.ports import Conflict, Ports, Torn, Unavailable
from leadlight.problems import MalformedEvent
from leadlight.runtime import ingest, pages
from leadlight.runtime.repair.redeliver import redeliver
from leadlight.runtime.repair.waiting import Wanted, page
from leadlight.sources import SOURCES, WebhookRequest

REPLAYS = 25  # of one request
MOST_BYTES = 2_000_000


class Replayed(NamedTuple):
    """What became of a failed event: `reason` is empty where all was understood; `facts`: how many it states."""

    kept: Kept
    facts: int
    reason: str


class Step(NamedTuple):
    """What a request replayed, and where the next one goes on: empty where all is done."""

    replayed: list[Replayed]
    next: str


def replay_all(wanted: Wanted, ports: Ports, *, after: str) -> Step:
    """Replays the next share of the failed events that are meant, oldest day first."""
    found, following = page(wanted, ports, after=after, limit=REPLAYS)
    done: list[Replayed] = []
    size = 0
    for kept, raw in _bodies(found, ports):
        done.append(replay(kept, raw, ports))
        size += len(raw)
        if size > MOST_BYTES and kept is not found[-1]:
            return Step(done, kept.id)
    return Step(done, following)


def replay(kept: Kept, raw: bytes, ports: Ports) -> Replayed:
    """Takes in a failed event again, whole: what was taken in before changes nothing.

    Then it is marked as replayed, or keeps its new reason.

    Args:
        kept: the failed event.
        raw: its bytes, which were verified when they came.
        ports: the world.
    """
    facts, reason = _taken(kept, raw, ports)
    ports.failed.settle(kept._replace(reason=reason) if reason else kept._replace(replayed_at=ports.now()))
    return Replayed(kept, facts, reason)


def _taken(kept: Kept, raw: bytes, ports: Ports) -> tuple[int, str]:
    if kept.source == STREAM:
        return _from_stream(raw, ports)
    return _from_run(raw, ports) if kept.source == RUN else _from_vendor(kept, raw, ports)


def _from_vendor(kept: Kept, raw: bytes, ports: Ports) -> tuple[int, str]:
    """The time of facts without one is that of the first receipt, as it would have been then."""
    if kept.source not in SOURCES:
        return 0, f"unknown-source: nothing here reads {kept.source}"
    request = WebhookRequest("POST", "", {}, raw)
    try:
        receipt = ingest.read(kept.source, request, ports, received_at=kept.received_at)
    except MalformedEvent as found:
        receipt = ingest.Receipt(received=1, problems=[(0, found)])
    ports.facts.put(receipt.facts)
    return len(receipt.facts), receipt.reason


def _from_stream(raw: bytes, ports: Ports) -> tuple[int, str]:
    try:
        unread = redeliver([msgspec.json.decode(raw)], ports)
    except (ValueError, LookupError, TypeError) as error:
        return 0, f"{type(error).__name__}: {error}"
    return (0, unread[0][1]) if unread else (1, "")


def _from_run(raw: bytes, ports: Ports) -> tuple[int, str]:
    """A lead that a publish or a sweep passed over."""
    try:
        pages.again(raw, ports)
    except Torn as error:
        return 0, f"{type(error).__name__}: {error}"
    except (Unavailable, Conflict):
        raise
    except Exception as error:  # noqa: BLE001 - one that still fails must not stop the others
        return 0, f"{type(error).__name__}: {error}"
    return 0, ""


def _bodies(found: Iterable[Kept], ports: Ports) -> Iterable[tuple[Kept, bytes]]:
    """Those whose bytes are still there, in their order."""
    by_place = {kept.place: kept for kept in found}
    return ((by_place[place], raw) for place, raw in ports.failed.bodies(list(by_place)))
