"""What was left behind on its way goes back to what it was meant for: dead letters, and batches that a stream gave up.

A letter of nurture is followed here, and not put on the bus again: there it would also reach everybody else who heard
it already. Letters of the rollup ask for one rollup, however many they are. A page of a run goes back to its queue.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from leadlight.adapters.lead_items import STATE
from leadlight.events import Event
from leadlight.events.event import ROLLUP_REQUESTED
from leadlight.failed import STREAM, FailedEvent, Letter
from leadlight.lifecycle.decision import decode
from leadlight.ports import Ports
from leadlight.problems import MalformedEvent
from leadlight.releases import Task
from leadlight.runtime.nurture import follow
from leadlight.runtime.publish import announce, outbox_of, take_back
from leadlight.runtime.repair.redeliver import redeliver
from leadlight.runtime.runs import nightly
from leadlight.runtime.streams import Record

BATCHES = 5
MOST_BYTES = 2_000_000
ROUNDS = 3  # of ten messages
KINDS = ("letters", "batches", "records", "outboxes", "failed", "left")
_BATCH_FOLDER = "aws/lambda/"
_BATCHES = "batches"
_MOST_COUNTED = 1_000
_LOG = logging.getLogger(__name__)


class Step(NamedTuple):
    """What a request brought back, by kind, and where the next one goes on: empty where all is done."""

    done: Mapping[str, int]
    next: str


def redrive(ports: Ports, *, cursor: str) -> Step:
    """Brings back a bounded share of what was left behind; what is removed was taken in before.

    `failed`: records that can't be understood and are failed events now. `left`: messages and batches that can't be
    either; they stay where they are.

    Raises:
        MalformedEvent: the cursor is none that an answer gave.
    """
    done: Counter[str] = Counter()
    stage, _, place = cursor.partition(":")
    queues = list(_LETTERS)
    if not stage:
        stage = queues[0]
    if stage in queues:
        if _letters(stage, ports, done):
            return Step(done, stage)
        following = queues[queues.index(stage) + 1 :]
        return Step(done, following[0] if following else _BATCHES)
    if stage != _BATCHES:
        raise MalformedEvent(f"next must be what the answer before said, found {cursor!r}", field="next")
    after = _batches(place, ports, done)
    return Step(done, f"{_BATCHES}:{after}" if after else "")


def view(step: Step) -> dict[str, Any]:
    """A step as the API answers it."""
    return {
        "done": not step.next,
        "next": step.next or None,
        "redriven": {kind: step.done.get(kind, 0) for kind in KINDS},
    }


def waiting(ports: Ports) -> dict[str, int]:
    """How many letters wait, as the queues estimate it, and how many batches; no more than 1,000 are counted."""
    places = ports.failed.places(after="", limit=_MOST_COUNTED)
    return {"letters": ports.letters.count(), "batches": sum(place.startswith(_BATCH_FOLDER) for place in places)}


def _letters(consumer: str, ports: Ports, done: Counter[str]) -> bool:
    """A share of a queue; whether any was taken. What can't be is not received again at once."""
    some = False
    for _ in range(ROUNDS):
        letters = ports.letters.receive(consumer)
        if not letters:
            break
        taken = _LETTERS[consumer](letters, ports)
        some = some or bool(taken)
        ports.letters.done(consumer, taken)
        done["letters"] += len(taken)
        done["left"] += len(letters) - len(taken)
    return some


def _follow(letters: Sequence[Letter], ports: Ports) -> list[Letter]:
    return _each(letters, lambda event: follow(event["detail"], ports))


def _each(letters: Sequence[Letter], take: Callable[[Any], object]) -> list[Letter]:
    """What can't be read or done now stays in the queue: to fail here would hide those that were received with it."""
    taken = []
    for letter in letters:
        try:
            take(_event_of(letter))
        except Exception as error:  # noqa: BLE001 - whatever it fails with, the others can do
            _LOG.warning("left in its queue", extra={"reason": type(error).__name__})
            continue
        taken.append(letter)
    return taken


def _roll_up(letters: Sequence[Letter], ports: Ports) -> list[Letter]:
    ports.bus.put([Event(ROLLUP_REQUESTED, "{}")])
    return list(letters)


def _sweep(letters: Sequence[Letter], ports: Ports) -> list[Letter]:
    """Pages go on where they stopped; the clock's call begins the sweep of the day, whichever day it was meant for."""

    def take(event: Any) -> None:
        if "detail-type" in event:
            nightly(ports)
        else:
            ports.runs.send(msgspec.convert(event, Task), delay=0)

    return _each(letters, take)


def _event_of(letter: Letter) -> Any:
    """The event: as the rule could not deliver it, or inside Lambda's account of the invocation that failed."""
    document = msgspec.json.decode(letter.body)
    return document.get("requestPayload", document)


_LETTERS: Mapping[str, Callable[[Sequence[Letter], Ports], list[Letter]]] = {
    "nurture": _follow,
    "rollup": _roll_up,
    "sweep": _sweep,
}


def _batches(after: str, ports: Ports, done: Counter[str]) -> str:
    """The next batches of the failure bucket; behind which to go on, empty at the end."""
    places = [place for place in ports.failed.places(after=after, limit=BATCHES) if place.startswith(_BATCH_FOLDER)]
    size = 0
    for place, raw in ports.failed.bodies(places):
        try:
            _batch(raw, ports, done)
            ports.failed.cut(place, None)
        except Exception as error:  # noqa: BLE001 - one that can't be read or done now must not stop the others
            _LOG.warning("left in its bucket", extra={"reason": type(error).__name__})
            done["left"] += 1
        else:
            done["batches"] += 1
        size += len(raw)
        if size > MOST_BYTES:
            return place
    return places[-1] if len(places) == BATCHES else ""


def _batch(raw: bytes, ports: Ports, done: Counter[str]) -> None:
    """Brings a batch back. Records of it that can't be read are failed events from now on.

    An outbox that can't be published keeps no other back: the batch stays as a whole, and can be done again.
    """
    records = _records_of(raw)
    facts = [record for record in records if "key" in record["dynamodb"]["Keys"]]
    saved: dict[tuple[str, str], set[str]] = {}
    for record in records:
        if "item" in record["dynamodb"]["Keys"]:
            saved.setdefault(_item_of(record), set()).add(outbox_of(record))
    unread = redeliver(facts, ports)
    for record, reason in unread:
        ports.failed.keep(FailedEvent(STREAM, reason, ports.now(), msgspec.json.encode(record)))
    done["records"] += len(facts) - len(unread)
    done["failed"] += len(unread)
    failures = []
    for (lead_id, item), outboxes in saved.items():
        try:
            outbox = _outbox(lead_id, item, ports)
            if outbox:
                announce(lead_id, item, outbox, ports)
                done["outboxes"] += 1
            for each in outboxes:
                take_back(lead_id, decode(each), ports)  # of a lead that is erased by now some may have been kept
        except Exception as error:  # noqa: BLE001 - see above
            failures.append(error)
    if failures:
        raise failures[0]


def _records_of(raw: bytes) -> list[Record]:
    """What Lambda writes for an S3 destination: an account of the batch, with the records as `payload`."""
    payload = msgspec.json.decode(raw)["payload"]
    document = msgspec.json.decode(payload) if isinstance(payload, str) else payload
    records: list[Record] = document["Records"]
    return records


def _item_of(record: Record) -> tuple[str, str]:
    keys = record["dynamodb"]["Keys"]
    return keys["lead_id"]["S"], keys["item"]["S"]


def _outbox(lead_id: str, item: str, ports: Ports) -> str:
    """What is not published yet, as it is stored now: the batch's own may have been published since."""
    if item == STATE:
        state = ports.leads.get(lead_id, consistent=True)
        return state.outbox if state else ""
    return ports.leads.get_nurture(lead_id).outbox
