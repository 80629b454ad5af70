"""One person, as far as anything is held about them: their leads, and what they are called by."""

from collections.abc import Iterable
from dataclasses import dataclass

from leadlight.activity import Identity, Kind, account_id_of, lead_id_of
from leadlight.ports import Ports
from leadlight.runtime.erase.names import Names
from leadlight.state import LeadState
from leadlight.state.fold import MOST_IDENTITIES


@dataclass(frozen=True, slots=True)
class Person:
    """The leads of one person, and what they are called by.

    `given` is the lead that was asked for. `root` holds the facts; `members` are the leads merged into it, and those
    that the person's other identities would make. `apart` are leads that share an identity with the person and stand by
    themselves: a mailbox of several people, or somebody whom a team said to be another.
    """

    given: str
    root: str
    state: LeadState | None
    members: tuple[str, ...]
    apart: tuple[str, ...]
    identities: frozenset[Identity]

    @property
    def lead_ids(self) -> tuple[str, ...]:
        """Every lead of the person, in an order that does not depend on which one is the root."""
        return tuple(sorted({*self.members, self.root}))

    @property
    def asked(self) -> tuple[str, ...]:
        """The leads by which the person is found again, should this be interrupted."""
        return tuple({self.given, self.root})

    @property
    def names(self) -> Names:
        """What a document would call the person."""
        return Names(self.identities, self.lead_ids)


def person_of(lead_id: str, ports: Ports, *, also: Iterable[Identity] = ()) -> Person:
    """The person that a lead belongs to, by what is stored now.

    Args:
        lead_id: any lead of the person.
        ports: the world.
        also: identities that the person is known to have.
    """
    root = _root(lead_id, ports)
    state = ports.leads.get(root, consistent=True)
    members = {member.lead_id: member.identity for member in ports.merges.members(root)}
    identities = {*also, *members.values(), *(state.fold.identities if state else ())}
    if state is None or len(state.fold.identities) >= MOST_IDENTITIES:  # a state knows no more of them
        identities.update(identity for fact in ports.facts.own(root) for identity in fact.identities)
    others = {lead_id_of(identity) for identity in identities} - members.keys() - {root}
    states = {other: ports.leads.get(other, consistent=True) for other in others}
    own = {other for other, state in states.items() if state is None or state.kin.root == root}
    begun = {*ports.forgotten.begun(lead_id), *ports.forgotten.begun(root)}
    mine = {*members, *own, *begun, lead_id} - {root}
    apart = {identity for identity in identities if lead_id_of(identity) in others - own - begun}
    return Person(
        given=lead_id,
        root=root,
        state=state,
        members=tuple(sorted(mine)),
        apart=tuple(sorted(lead_id_of(identity) for identity in apart)),
        identities=frozenset(identities - apart),
    )


def accounts_of(person: Person, ports: Ports) -> set[str]:
    """The accounts that the person is, or may be, among the leads of."""
    facts = ports.facts.of(person.root, Kind.TRAITS)
    named = {str(fact.values["account"]).partition(":") for fact in facts if fact.values.get("account")}
    known = {person.state.fold.account, *person.state.fold.companies} if person.state else set()
    return {account_id_of(Identity(kind, value)) for kind, _, value in named if value} | (known - {""})


def _root(lead_id: str, ports: Ports) -> str:
    """Where a lead was merged into, in the end. One that is half erased has no state: its links still lead there."""
    seen = {lead_id}
    while True:
        state = ports.leads.get(lead_id, consistent=True)
        targets = () if state else [link.target_id for link in ports.merges.links(lead_id) if link.joined]
        halves = (target for target in sorted(targets) if _is_forgotten(target, ports))
        following = state.kin.root if state else next(halves, "")
        if not following or following in seen:
            return lead_id
        seen.add(following)
        lead_id = following


def _is_forgotten(lead_id: str, ports: Ports) -> bool:
    past = ports.forgotten.of(lead_id)
    return past is not None and not past.returned
