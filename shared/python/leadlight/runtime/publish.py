"""Publishing: what the outbox of a saved item holds becomes decision records and EventBridge events."""

from leadlight.events import event_of
from leadlight.lifecycle.decision import decode
from leadlight.ports import Ports
from leadlight.runtime.streams import Record


def publish(record: Record, ports: Ports) -> int:
    """Announces the decisions of one record of the leads stream, and empties the outbox. Returns how many.

    It may run twice for the same decisions: the records and the event ids are the same.

    Raises:
        Unavailable: not everything went through; the outbox still holds it.
    """
    image = record["dynamodb"].get("NewImage", {})
    outbox = image.get("outbox", {}).get("S", "")
    return announce(image["lead_id"]["S"], image["item"]["S"], outbox, ports) if outbox else 0


def announce(lead_id: str, item: str, outbox: str, ports: Ports) -> int:
    """Announces the decisions of an outbox, and empties it where it is still this one. Returns how many.

    Raises:
        Unavailable: not everything went through; the outbox still holds it.
    """
    decisions = decode(outbox)
    ports.records.put_decisions(decisions)
    ports.bus.put([event_of(decision) for decision in decisions if not decision.silent])
    cleared = ports.leads.clear_outbox(lead_id, item, outbox)
    if not cleared and ports.leads.get(lead_id, consistent=True) is None:
        ports.records.drop_decisions(decisions)  # the lead was erased meanwhile: nothing of it may stay behind
    return len(decisions)
