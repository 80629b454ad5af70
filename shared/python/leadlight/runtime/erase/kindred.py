"""Which leads are one person by what is said now: what their states have saved of it may be a moment old."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadlight.activity import Identity, Kind, lead_id_of
from leadlight.merge import Kin, Link, Member, evidence, resolved
from leadlight.ports import Ports
from leadlight.state import LeadState


@dataclass(frozen=True, slots=True)
class Bond:
    """A lead as it stands now, and the stronger leads that it is one person with."""

    state: LeadState | None
    shared: bool
    targets: frozenset[str]


@dataclass(slots=True)
class Kindred:
    """Leads that are one person, and what is stored of them.

    `bonds` are theirs by lead id, `identities` all that their facts and states name. `refused`: leads that are named
    there and stand by themselves, since somebody said so. `roots` have others merged into them. `asked`: the leads that
    a forgetting which is not done was asked for. `moments`: when the last fact of each occurred.
    """

    bonds: dict[str, Bond] = field(default_factory=dict)
    identities: set[Identity] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    roots: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    moments: list[datetime] = field(default_factory=list)

    @property
    def root(self) -> str:
        """The lead that holds the person's facts, or will."""
        bonds = self.bonds
        return min(
            bonds, key=lambda each: (bool(bonds[each].targets), each not in self.roots, not bonds[each].state, each)
        )


def kindred(lead_ids: Iterable[str], ports: Ports) -> Kindred:
    """Everybody who is one person with some leads: along links, and along the evidence of links that are to come."""
    found, waiting = Kindred(), list(lead_ids)
    while waiting:
        lead_id = waiting.pop()
        if lead_id not in found.bonds:
            waiting += _visited(lead_id, found, ports)
    found.refused -= found.bonds.keys()
    return found


def _visited(lead_id: str, found: Kindred, ports: Ports) -> list[str]:
    """Takes a lead in; the leads that it leads to."""
    mine = found.bonds[lead_id] = _bond(lead_id, ports)
    own, begun = ports.facts.own(lead_id), ports.forgotten.begun(lead_id)
    found.identities.update(identity for fact in own for identity in fact.identities)
    found.identities.update(mine.state.fold.identities if mine.state else ())
    found.moments += sorted(fact.occurred_at for fact in own)[-1:]
    found.asked.update(begun.asked)
    following = [*sorted(mine.targets), *sorted(begun.lead_ids)]
    named = {lead_id_of(identity) for fact in own if fact.kind is Kind.IDENTITY for identity in fact.identities}
    for member in ports.merges.members(lead_id):
        found.roots.add(lead_id)
        found.identities.add(member.identity)
        (following.append if _stays(member, ports) else found.refused.add)(member.lead_id)
    for link in evidence(own, version=0):
        joined = not mine.shared and lead_id in _bond(link.lead_id, ports, also=[link]).targets
        (following.append if joined else found.refused.add)(link.lead_id)
    found.refused |= named
    return following


def _stays(member: Member, ports: Ports) -> bool:
    """Whether a member is one still; one without a state is half erased."""
    theirs = _bond(member.lead_id, ports)
    return theirs.state is None or bool(theirs.targets and theirs.state.kin.root == member.root)


def _bond(lead_id: str, ports: Ports, *, also: Sequence[Link] = ()) -> Bond:
    """How a lead stands by what is stored, and by links that are still to come."""
    state = ports.leads.get(lead_id, consistent=True)
    links = [*ports.merges.links(lead_id), *also]
    said = ports.facts.of(lead_id, Kind.IDENTITY)
    kin = resolved(state.kin if state else Kin(), lead_id=lead_id, links=links, said=said)
    joined = {lead_id_of(each) for link in kin.derived if link.joined for each in (link.holder, link.target)}
    return Bond(state, kin.shared, frozenset({kin.parent, *joined} - {""}))
