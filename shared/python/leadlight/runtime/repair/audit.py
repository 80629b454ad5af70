"""Whether what is stored is what the facts come to: every lead's fold against its facts, a share of the table a time.

Nothing is changed. What is in flight shows as a difference until it has arrived: ask for that lead again.
"""

from collections.abc import Iterator, Sequence
from functools import partial, reduce
from typing import Any

from leadlight.activity import Fact, Kind
from leadlight.adapters.lead_items import STATE
from leadlight.adapters.lead_pages import placed_at
from leadlight.ports import Ports
from leadlight.problems import NotFound
from leadlight.releases import Placed
from leadlight.runtime.pages import is_lead
from leadlight.runtime.repair.refold import Terms, refold, terms
from leadlight.state import LeadState
from leadlight.state.readable import Difference

LEADS = 200
ABREAST = 4  # leads at a time: each may have a long history
FACTS = 20_000  # that a request reads, those of leads that it began always to the end
_AGAIN = 3


def audit(ports: Ports, *, part: int, parts: int, after: str, limit: int) -> dict[str, Any]:
    """Checks the next leads of one of so many parts of the table.

    Returns `checked`, of which so many are `leads` that stand by themselves; `facts` (recorded = counted + set_aside +
    expired, and registered), `differing` (lead_id and differences) and `next`: None where the part is done.
    """
    items, following = ports.leads.page(part, parts, after=after, limit=min(limit, LEADS))
    placed = [item for item in items if not item.enrollments]
    looked, total = partial(_looked, ports=ports), Terms()
    found: list[tuple[Terms, list[Difference]]] = []
    for start in range(0, len(placed), ABREAST):
        found += ports.hands.abreast(looked, placed[start : start + ABREAST])
        total = reduce(Terms.plus, (counted for counted, _ in found[start:]), total)
        if total.recorded + total.registered > FACTS and len(found) < len(placed):
            following = placed[len(found) - 1].place
            break
    differing = [_view(item.lead_id, wrong) for item, (_, wrong) in zip(placed, found, strict=False) if wrong]
    leads = sum(map(is_lead, placed[: len(found)]))
    return {
        "checked": len(found),
        "leads": leads,
        "facts": total._asdict(),
        "differing": differing,
        "next": following or None,
    }


def audit_lead(lead_id: str, ports: Ports) -> dict[str, Any]:
    """Checks one lead, in the same words.

    Raises:
        NotFound: it has no state.
    """
    item = placed_at(f"{lead_id}#{STATE}", partial(ports.leads.get, consistent=True))
    if item is None:
        raise NotFound(f"no lead {lead_id}: it never did anything, or was erased", field="lead_id")
    counted, found = _looked(item, ports)
    differing = [_view(lead_id, found)] if found else []
    return {"checked": 1, "leads": int(is_lead(item)), "facts": counted._asdict(), "differing": differing, "next": None}


def difference_view(found: Difference) -> dict[str, Any]:
    """A difference as the API shows it."""
    return found._asdict()


def _view(lead_id: str, found: list[Difference]) -> dict[str, Any]:
    return {"lead_id": lead_id, "differences": list(map(difference_view, found))}


def _looked(item: Placed, ports: Ports) -> tuple[Terms, list[Difference]]:
    return _checked(item.state, ports) if item.state else (Terms(), [_unreadable(item)])


def _unreadable(item: Placed) -> Difference:
    return Difference(f"the stored {item.name}", f"can't be read: {item.reason}", None)


def _checked(state: LeadState, ports: Ports) -> tuple[Terms, list[Difference]]:
    """A lead that was saved while its facts were read is checked again."""
    for _ in range(_AGAIN):
        refolded = refold(state, ports)
        counted, wrong = terms(refolded, ports)
        found = [*refolded.differences, *wrong, *_missing(state, refolded.facts, ports)]
        if not found:
            break
        latest = ports.leads.get(state.lead_id, consistent=True)
        if latest is None:
            return Terms(), []
        if latest.version == state.version:
            break
        state = latest
    return counted, found


def _missing(state: LeadState, facts: Sequence[Fact], ports: Ports) -> Iterator[Difference]:
    """Facts of leads that are merged into this one, and are not among those that count for it.

    For a lead that was forgotten and came back nothing counts that occurred before, whoever of the person did it.
    """
    if not state.kin.members or state.kin.root:
        return
    held = set(map(_place, facts))
    for member in ports.merges.members(state.lead_id):
        own = (fact for fact in ports.facts.own(member.lead_id) if fact.kind is not Kind.IDENTITY)
        theirs = {_place(fact) for fact in own if state.begun is None or fact.occurred_at > state.begun}
        if theirs - held:
            yield Difference(f"facts of the merged lead {member.lead_id}", len(theirs & held), len(theirs))


def _place(fact: Fact) -> tuple[Kind, bytes]:
    return fact.kind, fact.order_key
