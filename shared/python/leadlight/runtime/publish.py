"""Publishing: what the outbox of a saved item holds becomes decision records and EventBridge events."""

from collections.abc import Sequence

from leadlight.events import event_of
from leadlight.lifecycle.decision import Decision, decode
from leadlight.ports import Ports
from leadlight.runtime.streams import Record


def publish(record: Record, ports: Ports) -> int:
    """Announces the decisions of one record of the leads stream, and empties the outbox. Returns how many.

    It may run twice for the same decisions: the records and the event ids are the same.

    Raises:
        Unavailable: not everything went through; the outbox still holds it.
    """
    outbox, keys = outbox_of(record), record["dynamodb"]["Keys"]
    return announce(keys["lead_id"]["S"], keys["item"]["S"], outbox, ports) if outbox else 0


def outbox_of(record: Record) -> str:
    """What an item held to be published when it was saved."""
    return str(record["dynamodb"].get("NewImage", {}).get("outbox", {}).get("S", ""))


def announce(lead_id: str, item: str, outbox: str, ports: Ports) -> int:
    """Announces the decisions of an outbox, and empties it where it is still this one. Returns how many.

    Raises:
        Unavailable: not everything went through; the outbox still holds it.
    """
    decisions = decode(outbox)
    ports.records.put_decisions(decisions)
    ports.bus.put([event_of(decision) for decision in decisions if not decision.silent])
    cleared = ports.leads.clear_outbox(lead_id, item, outbox)
    if not cleared:
        take_back(lead_id, decisions, ports)
    return len(decisions)


def take_back(lead_id: str, decisions: Sequence[Decision], ports: Ports) -> None:
    """Removes the records of decisions whose lead was erased meanwhile: nothing of it may stay behind.

    Of a lead that came back since those that it takes now stay; they are numbered on from the erasure.
    """
    state = ports.leads.get(lead_id, consistent=True)
    gone = [decision for decision in decisions if state is None or state.precedes(decision.seq)]
    if gone:
        ports.records.drop_decisions(gone)
