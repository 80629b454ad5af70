"""Who a lead is one person with, and what says so."""

from collections.abc import Iterator
from typing import Any

from leadlight.activity import Identity, Kind, lead_id_of
from leadlight.merge.kin import statements
from leadlight.ports import Ports
from leadlight.runtime.merging import root_of
from leadlight.state import LeadState

SHOWN = 100
Pair = tuple[Identity, Identity]


def survivor(lead_id: str, ports: Ports) -> LeadState | None:
    """The state of the lead that holds a lead's facts: of itself, or of the one that it was merged into."""
    state = ports.leads.get(lead_id, consistent=True)
    return ports.leads.get(root_of(lead_id, ports), consistent=True) if state and state.kin.root else state


def links_view(lead_id: str, ports: Ports) -> dict[str, Any]:
    """The root of a lead, the leads merged there, and the pairs of identities to be said apart for it to stand alone.

    `separate` is empty where the lead is the root: it is the others that can be taken out.
    """
    root = root_of(lead_id, ports)
    return {
        "lead_id": lead_id,
        "root": root,
        "merged": merged_view(root, ports),
        "separate": [[_view(one), _view(other)] for one, other in sorted(set(_holding(lead_id, ports)))],
    }


def merged_view(root: str, ports: Ports) -> list[dict[str, str]]:
    """The leads that were merged into one, the first hundred of them."""
    members = ports.merges.members(root)[:SHOWN]
    return [{"lead_id": member.lead_id, **_view(member.identity)} for member in members]


def _holding(lead_id: str, ports: Ports) -> Iterator[Pair]:
    """What joins a lead to stronger ones: facts that name both, a team's word, or a weaker lead that both are with."""
    yield from _said(lead_id, ports)
    for link in ports.merges.links(lead_id):
        if link.joined and link.is_evidence:
            yield link.holder, link.target
        elif link.joined:
            yield from _between(link.issuer, lead_id, ports)


def _between(weaker: str, lead_id: str, ports: Ports) -> Iterator[Pair]:
    yield from (pair for pair in _said(weaker, ports, of=lead_id))
    for link in ports.merges.links(weaker):
        if link.joined and link.target_id == lead_id:
            if link.is_evidence:
                yield link.holder, link.target
            else:
                yield from _between(link.issuer, lead_id, ports)


def _said(lead_id: str, ports: Ports, *, of: str = "") -> Iterator[Pair]:
    facts = ports.facts.of(lead_id, Kind.IDENTITY)
    _, pairs = statements(facts, lead_id=lead_id)
    joined = {other for other, (is_joined, _) in pairs.items() if is_joined and (not of or other == of)}
    for fact in facts:
        first, *others = fact.identities
        if others and joined & {lead_id_of(identity) for identity in fact.identities}:
            yield first, others[0]


def _view(identity: Identity) -> dict[str, str]:
    return {"kind": identity.kind, "value": identity.value}
