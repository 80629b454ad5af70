"""Facts that are told again: a record may come once more, long after what it tells was rewritten."""

from collections.abc import Sequence

from leadlight.activity import Kind
from leadlight.adapters.fact_items import stored
from leadlight.ports import Ports
from leadlight.state import Change, Fold


def as_stored(lead_id: str, changes: Sequence[Change], fold: Fold, ports: Ports) -> list[Change]:
    """The changes of a lead, with the stored content where a record may tell an older one: of registers, by a read.

    What is newer than all that a register holds was never taken, and needs none. Activities are known one by one.
    """
    doubtful = [change.fact.key for change in changes if _is_doubtful(change, fold)]
    if not doubtful:
        return list(changes)
    images = ports.facts.images(lead_id, doubtful)
    latest = {key: stored(image).fact for key, image in images.items()}
    found = []
    for change in changes:
        fact = latest.get(change.fact.key)
        found.append(change._replace(fact=fact, rewritten=True) if fact and fact != change.fact else change)
    return found


def _is_doubtful(change: Change, fold: Fold) -> bool:
    fact = change.fact
    return not change.rewritten and fact.kind is not Kind.ACTIVITY and fact.order_key <= fold.newest(fact.kind)
