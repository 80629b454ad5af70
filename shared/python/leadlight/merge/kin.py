import base64
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadlight.activity import Fact, Identity
from leadlight.activity.fact import OF_ONE
from leadlight.activity.identity import strength
from leadlight.merge.link import Link, named

MOST_LINKED = 64
MARK = 5


class Derived(msgspec.Struct, frozen=True, array_like=True):
    """A link that follows from others, as its issuer last said it."""

    holder: Identity
    target: Identity
    joined: bool


class Kin(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """Where a lead stands among the leads that are one person.

    `parent` is the lead that it hangs under, and `root` the one that holds its facts; both empty where it stands by
    itself. `epoch` is the version of the state at which it came there. `linked` are marks of the identities that it
    has issued evidence for, `derived` the other links that it has issued. `leaving`: roots that still hold its facts,
    and since which epoch. `todo`: not all of what follows from this is done. `members`: others were merged into it;
    `copies`: and it holds facts of theirs.
    `shared`: a team said that this identity is no person's own; `restate`: its links are still to be told so.
    """

    identity: Identity | None = None
    parent: str = ""
    root: str = ""
    epoch: int = 0
    linked: bytes = b""
    derived: tuple[Derived, ...] = ()
    leaving: Mapping[str, int] = msgspec.field(default_factory=dict)
    todo: bool = False
    members: bool = False
    copies: bool = False
    shared: bool = False
    restate: bool = False

    def news(self, links: Iterable[Link]) -> list[Link]:
        """Those links that were not issued yet, as far as that is remembered."""
        return [link for link in links if mark(link.holder) not in self._marks()]

    def with_linked(self, links: Iterable[Link]) -> "Kin":
        """This, with the links noted as issued."""
        marks = sorted(self._marks() | {mark(link.holder) for link in links})[:MOST_LINKED]
        return msgspec.structs.replace(self, linked=b"".join(marks))

    def _marks(self) -> set[bytes]:
        return {self.linked[place : place + MARK] for place in range(0, len(self.linked), MARK)}


def mark(identity: Identity) -> bytes:
    """Five bytes that tell an identity from a lead's other ones."""
    return base64.b32decode(named(identity, like="ld_")[3:11].upper())


def resolved(kin: Kin, *, lead_id: str, links: Sequence[Link], said: Iterable[Fact]) -> Kin:
    """The kin by what is stored under a lead: its links, and what a team said of its identity.

    The parent stays while there is a link to it. Only `root` is left to find out: it depends on other leads.
    """
    shared, pairs = statements(said, lead_id=lead_id)
    targets: dict[str, Identity] = {}
    for link in links:
        apart = link.target_id in pairs and not pairs[link.target_id][0]
        if link.joined and not (link.is_evidence and (shared or apart)):
            targets[link.target_id] = link.target
    targets |= {other: identity for other, (joined, identity) in pairs.items() if joined}
    targets.pop(lead_id, None)
    parent = kin.parent if kin.parent in targets else min(targets, key=lambda each: strength(targets[each]), default="")
    wanted = {_weaker_first(targets[parent], other) for each, other in targets.items() if each != parent}
    issued = wanted | {(link.holder, link.target) for link in kin.derived}
    return msgspec.structs.replace(
        kin,
        identity=kin.identity or _own(links, said, lead_id),
        parent=parent,
        derived=tuple(Derived(holder, target, (holder, target) in wanted) for holder, target in sorted(issued)),
        shared=shared,
    )


def statements(said: Iterable[Fact], *, lead_id: str) -> tuple[bool, dict[str, tuple[bool, Identity]]]:
    """What a team said: whether the identity is shared, and of others whether they are the same person. Latest wins."""
    shared = False
    pairs: dict[str, tuple[bool, Identity]] = {}
    for fact in sorted(said, key=lambda fact: fact.order_key):
        if fact.type in OF_ONE:
            shared = fact.type == "identity_shared"
            continue
        for identity in fact.identities:
            other = named(identity, like=lead_id)
            if other != lead_id:
                pairs[other] = fact.type == "identities_merged", identity
    return shared, pairs


def _weaker_first(one: Identity, other: Identity) -> tuple[Identity, Identity]:
    return (one, other) if strength(one) > strength(other) else (other, one)


def _own(links: Sequence[Link], said: Iterable[Fact], lead_id: str) -> Identity | None:
    named_here = [link.holder for link in links]
    named_here += [each for fact in said for each in fact.identities if named(each, like=lead_id) == lead_id]
    return named_here[0] if named_here else None
