"""One person, as far as anything is held about them: their leads, and what they are called by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from leadlight.activity import Identity, Kind, account_id_of, lead_id_of
from leadlight.activity.identity import without_tag
from leadlight.adapters.merge_items import member_key
from leadlight.ports import Ports
from leadlight.runtime.erase.kindred import kindred
from leadlight.runtime.erase.names import Names
from leadlight.state import LeadState


@dataclass(frozen=True, slots=True)
class Person:
    """The leads of one person, and what they are called by.

    `root` holds the facts, or will; `states` are the leads' by lead id. `lead_ids` are in an order that does not depend
    on which one is the root, and hold those, too, that the person's other identities would make. `apart` are leads that
    share an identity with the person and stand by themselves: a mailbox of several people, or somebody whom a team said
    to be another. `asked`: the leads by which the person is found again, should forgetting them be interrupted.
    `latest` is when the last of their facts occurred; None where there are none. `names` are what a document would
    call them.
    """

    root: str
    states: dict[str, LeadState]
    lead_ids: tuple[str, ...]
    apart: tuple[str, ...]
    identities: frozenset[Identity]
    asked: tuple[str, ...]
    latest: datetime | None
    names: Names

    @property
    def members(self) -> tuple[str, ...]:
        """The leads beside the root."""
        return tuple(lead_id for lead_id in self.lead_ids if lead_id != self.root)


def person_of(lead_id: str, ports: Ports, *, also: Iterable[Identity] = ()) -> Person:
    """The person that a lead belongs to, by what is said now.

    Args:
        lead_id: any lead of the person.
        ports: the world.
        also: identities that the person is known to have; where plus tags are folded, without them too.
    """
    known = set(also)
    plain = {each: without_tag(each) for each in sorted(known)} if ports.fold_plus_tags else {}
    given = [lead_id, *(lead_id_of(folded) for each, folded in plain.items() if lead_id_of(each) == lead_id)]
    found = kindred(given, ports)
    identities = {*found.identities, *known, *plain.values()}
    others = {lead_id_of(identity) for identity in identities} - found.bonds.keys() - found.refused
    mine = found.bonds.keys() | {other for other in sorted(others) if ports.leads.get(other, consistent=True) is None}
    apart = {identity for identity in identities if lead_id_of(identity) not in mine}
    lead_ids = tuple(sorted(mine))
    return Person(
        root=found.root,
        states={each: bond.state for each, bond in found.bonds.items() if bond.state},
        lead_ids=lead_ids,
        apart=tuple(sorted({lead_id_of(identity) for identity in apart} | found.refused)),
        identities=frozenset(identities - apart),
        asked=tuple(sorted({lead_id, found.root, *found.asked})),
        latest=max(found.moments, default=None),
        names=Names(identities - apart, lead_ids, fold_tags=ports.fold_plus_tags),
    )


def accounts_of(person: Person, ports: Ports) -> list[str]:
    """The accounts that the person is, or may be, among the leads of."""
    facts = [fact for lead_id in person.lead_ids for fact in ports.facts.of(lead_id, Kind.TRAITS)]
    named = {str(fact.values["account"]).partition(":") for fact in facts if fact.values.get("account")}
    folds = [state.fold for state in person.states.values()]
    known = {account for fold in folds for account in (fold.account, *fold.companies)}
    return sorted({account_id_of(Identity(kind, value)) for kind, _, value in named if value} | (known - {""}))


def copies_elsewhere(person: Person, ports: Ports) -> dict[str, Sequence[str]]:
    """What leads that just changed where they belong left, or leave, at roots of others: keys by lead id."""
    found: dict[str, Sequence[str]] = {}
    for lead_id, state in person.states.items():
        for root in sorted({state.kin.root, *state.kin.leaving} - {"", *person.lead_ids}):
            copies = [fact.copied(to=root, epoch=0).key for fact in ports.facts.own(lead_id)]
            found[root] = [*found.get(root, ()), member_key(lead_id), *copies]
    return found
