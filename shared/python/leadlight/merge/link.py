from collections.abc import Iterable
from typing import NamedTuple

from leadlight.activity import Fact, Identity, Kind, account_id_of, lead_id_of, strongest


class Link(NamedTuple):
    """That the leads of two identities are one person. It is kept under the lead of `holder`, the weaker one.

    `issuer` says so: the lead of `target`, whose facts name both (evidence), or a weaker lead that is linked to both.
    Of what an issuer says the highest `version` counts.
    """

    lead_id: str
    holder: Identity
    target: Identity
    issuer: str
    joined: bool
    version: int

    @property
    def target_id(self) -> str:
        """The lead of the stronger identity."""
        return named(self.target, like=self.lead_id)

    @property
    def is_evidence(self) -> bool:
        """Whether facts say so, and not another link."""
        return self.issuer == self.target_id


class Member(NamedTuple):
    """A lead that was merged, as its root knows it. Copies of its facts count where they are of this `epoch`.

    `standing` is what its decisions had brought it to; empty where that says nothing.
    """

    root: str
    lead_id: str
    identity: Identity
    epoch: int
    standing: bytes = b""


def named(identity: Identity, *, like: str) -> str:
    """The lead of an identity; the account of it where `like` is the id of one."""
    return account_id_of(identity) if like.startswith("ac_") else lead_id_of(identity)


def evidence(facts: Iterable[Fact], *, version: int, joined: bool = True) -> list[Link]:
    """The links that facts of a lead are evidence of: all their identities are those of the strongest one's lead."""
    found: dict[str, Link] = {}
    for fact in facts:
        target = strongest(fact.identities)
        if target is None or fact.kind is Kind.IDENTITY or fact.owner:
            continue
        if named(target, like=fact.lead_id) != fact.lead_id:
            continue  # stored elsewhere than under its strongest identity: evidence of nothing
        for identity in fact.identities:
            lead_id = named(identity, like=fact.lead_id)
            if lead_id != fact.lead_id:
                found[lead_id] = Link(lead_id, identity, target, fact.lead_id, joined, version)
    return list(found.values())
