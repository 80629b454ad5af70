"""Who is one person by all that is stored, worked out at once: where the steps that the leads take come to rest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from leadlight.activity import Fact, Identity, Kind, lead_id_of
from leadlight.activity.identity import strength
from leadlight.merge.copies import in_force
from leadlight.merge.kin import Kin, resolved, statements
from leadlight.merge.link import Link, evidence, named

_EPOCH = 0


def roots(facts: Iterable[Fact]) -> dict[str, str]:
    """The root of every lead that facts name, by its lead id. Free of the facts' order.

    Args:
        facts: those of leads, and none of accounts; no copies.
    """
    own, names = defaultdict[str, list[Fact]](list), dict[str, Identity]()
    for fact in facts:
        own[fact.lead_id].append(fact)
        names |= {lead_id_of(identity): identity for identity in fact.identities}
    said = {lead_id: [fact for fact in held if fact.kind is Kind.IDENTITY] for lead_id, held in own.items()}
    links = defaultdict[str, list[Link]](list)
    for lead_id, held in own.items():
        shared, _ = statements(said[lead_id], lead_id=lead_id)
        for link in evidence(held, version=0, joined=not shared):
            links[link.lead_id].append(link)
    stronger = {lead_id: lead_id for lead_id in names}

    def root_of(lead_id: str) -> str:
        while stronger[lead_id] != lead_id:
            stronger[lead_id] = stronger[stronger[lead_id]]
            lead_id = stronger[lead_id]
        return lead_id

    for lead_id in names:
        kin = resolved(Kin(), lead_id=lead_id, links=links.get(lead_id, ()), said=said.get(lead_id, ()))
        joined = [(lead_id, kin.parent)] if kin.parent else []
        joined += [(named(each.holder, like=lead_id), named(each.target, like=lead_id)) for each in kin.derived]
        for pair in joined:
            first, other = sorted(map(root_of, pair), key=lambda root: strength(names[root]))
            stronger[other] = first
    return {lead_id: root_of(lead_id) for lead_id in names}


def united(facts: Iterable[Fact], root_of: Mapping[str, str]) -> dict[str, list[Fact]]:
    """The facts that count for each person, by its root, each fact once; nobody who has none.

    What a team says of an identity counts for that identity's own lead alone.
    """
    stored = defaultdict[str, list[Fact]](list)
    for fact in facts:
        root = root_of[fact.lead_id]
        if fact.lead_id == root:
            stored[root].append(fact)
        elif fact.kind is not Kind.IDENTITY:
            stored[root].append(fact.copied(to=root, epoch=_EPOCH))
    members = dict.fromkeys(root_of, _EPOCH)
    return {root: in_force(held, members) for root, held in stored.items()}
