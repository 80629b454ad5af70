"""Merges in steps that may each be the last before a crash: what is saved says what is still to do.

A lead that turns out to be the same person as a stronger one saves that it is merged (from then on its facts are
forwarded), then enters itself at its root and copies its facts there. The root counts a copy only while its owner is a
member, and of the member's epoch: a copy that comes late, or stays behind, does no harm.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from leadlight.activity import Fact, Kind
from leadlight.activity.fact import OF_ONE
from leadlight.adapters.fact_items import stored
from leadlight.lifecycle import standing as standings
from leadlight.lifecycle.absorb import says_something
from leadlight.lifecycle.standing import Standing
from leadlight.merge import Kin, Link, Member, evidence, resolved
from leadlight.merge.link import named
from leadlight.ports import Conflict, Ports
from leadlight.runtime.news import News, Notice
from leadlight.state import LeadState


def concerns_kin(state: LeadState, news: News) -> bool:
    """Whether it has to be looked at again where the lead belongs."""
    said = any(change.fact.kind is Kind.IDENTITY for change in news.changes)
    said = said or any(fact.kind is Kind.IDENTITY for fact in news.gone)
    return bool(state.kin.todo or said or news.notices("link", "poke"))


def says_whose(news: News) -> bool:
    """Whether a team says, or takes back, that the lead's identity is shared or personal.

    Then the lead is saved and its links are told again, also where that says nothing new: an invocation that knew of
    other words may have issued them so, and not have saved that.
    """
    return any(fact.type in OF_ONE for fact in [*(change.fact for change in news.changes), *news.gone])


def kin_of(state: LeadState, ports: Ports) -> Kin:
    """Where the lead belongs by what is stored now; `todo` where that is news."""
    before, lead_id = state.kin, state.lead_id
    found = resolved(
        before, lead_id=lead_id, links=ports.merges.links(lead_id), said=ports.facts.of(lead_id, Kind.IDENTITY)
    )
    restate = before.restate or found.shared != before.shared
    root = home_of(found.parent, ports) if found.parent else ""
    if root == before.root and found == before and not restate:
        return before
    leaving, epoch = dict(before.leaving), before.epoch
    if root != before.root:
        epoch = state.following
        if before.root:
            leaving[before.root] = before.epoch
        leaving.pop(root, None)
    return msgspec.structs.replace(
        found,
        root=root,
        epoch=epoch,
        leaving=leaving,
        todo=True,
        restate=restate,
    )


def home_of(lead_id: str, ports: Ports) -> str:
    """Where the facts of a lead go by what it has saved: to itself, where it stands by itself.

    A lead follows its parent's home, and not its parent's parents: when the parent leaves that home, it is told there.
    """
    state = ports.leads.get(lead_id, consistent=True)
    return state.kin.root if state and state.kin.root else lead_id


def root_of(lead_id: str, ports: Ports) -> str:
    """The lead that holds a lead's facts in the end, also while some of those between are still moving."""
    while (home := home_of(lead_id, ports)) != lead_id:
        lead_id = home
    return lead_id


def forward(state: LeadState, news: News, ports: Ports) -> None:
    """What still arrives for a merged lead goes on to its root; who is merged into it looks again where to go.

    A fact that a record tells as new may come again long after it was rewritten: a copy that is there stays. One that
    was deleted may be stored again by now, and was brought on before: in the same batch, or by another invocation.
    """
    kin = state.kin

    def latest(keys: Sequence[str]) -> list[Fact | None]:
        return [stored(image).fact for image in ports.facts.images(state.lead_id, keys).values()]

    first = [change.fact for change in news.changes if not change.rewritten]
    ports.merges.copy(_copies(first, kin.root, kin.epoch), over=False)
    _copy_latest([change.fact for change in news.changes if change.rewritten], kin, ports, latest=latest)
    gone = [fact for fact in news.gone if not fact.owner]
    if gone:
        ports.merges.uncopy(_copies(gone, kin.root, kin.epoch))
        again = latest([fact.key for fact in gone])
        _copy_latest([fact for fact in again if fact], kin, ports, latest=latest)
    for notice in news.notices("merge"):
        if notice.event != "REMOVE":
            ports.merges.poke([notice.about], by=state.lead_id, mark=f"{kin.epoch} {_epoch(notice.image)}")


def claim(state: LeadState, facts: Iterable[Fact], ports: Ports) -> None:
    """Issues the evidence that a lead's own facts are, where it was not issued before. Changes `state.kin`.

    Facts of a shared identity are evidence of nothing, and that is said too: an invocation that does not know it yet
    may be just issuing them.
    """
    if state.kin.shared:
        ports.merges.link(evidence(facts, version=_before_save(state), joined=False))
        return
    news = state.kin.news(evidence(facts, version=_before_save(state)))
    if news:
        ports.merges.link(news)
        state.kin = state.kin.with_linked(news)


def tell_links(state: LeadState, ports: Ports) -> None:
    """Tells again what all the facts of a saved lead are evidence of; of nothing, where its identity is shared."""
    own = ports.facts.own(state.lead_id)
    ports.merges.link(evidence(own, version=_saved(state), joined=not state.kin.shared))


def members_of(state: LeadState, news: News, ports: Ports) -> dict[str, Member]:
    """The members that the news are about, by their ids: those that entered, and the owners of copies.

    All of them where the lead begins anew: they may have entered while it was forgotten.
    """
    told = {notice.about for notice in news.notices("merge") if notice.event != "REMOVE"}
    if news.anew and not state.version:
        told |= {member.lead_id for member in ports.merges.members(state.lead_id)}
    owners = {fact.owner for fact in [*(change.fact for change in news.changes), *news.gone] if fact.owner}
    found = [ports.merges.member(state.lead_id, lead_id) for lead_id in sorted(told | owners)]
    return {member.lead_id: member for member in found if member}


def in_force(news: News, members: Mapping[str, Member]) -> News:
    """The news without copies that do not count: of leads that are no members, or not of this epoch."""

    def counts(fact: Fact) -> bool:
        return not fact.owner or (fact.owner in members and members[fact.owner].epoch == fact.epoch)

    return replace(news, entries=[e for e in news.entries if isinstance(e, Notice) or counts(e.fact)])


def standings_of(state: LeadState, members: Mapping[str, Member]) -> dict[str, Standing]:
    """What decisions had brought members to whose standings were not absorbed yet, by their ids.

    They come before what follows from the members' facts: sales has that lead already. Those that absorbed others come
    first: what became of the others there counts.
    """
    told = {name: standings.decode(member.standing) for name, member in members.items() if member.standing}
    fresh = {name: each for name, each in told.items() if state.standing.absorbed.get(name, -1) < each.seq}
    return dict(sorted(fresh.items(), key=lambda each: (-len(each[1].absorbed), each[0])))


def part(state: LeadState, news: News) -> None:
    """An open hand-off of a member that left goes back with its lead. Changes `state.standing`."""
    departed = {notice.about for notice in news.notices("merge") if notice.event == "REMOVE"}
    hand_off = state.standing.hand_off
    if hand_off and hand_off.id.partition("#")[0] in departed:
        state.standing = msgspec.structs.replace(state.standing, hand_off=None)


def count_members(state: LeadState, news: News, known: Collection[str]) -> None:
    """Notes that others were merged into a lead, and that some of them had facts. Changes `state.kin`.

    `known` are the members that the news are about; of those of a lead that begins anew the facts are stored already.
    """
    copies = state.kin.copies or any(change.fact.owner for change in news.changes) or bool(news.anew and known)
    members = state.kin.members or copies or bool(news.notices("merge"))
    if (members, copies) != (state.kin.members, state.kin.copies):
        state.kin = msgspec.structs.replace(state.kin, members=members, copies=copies)


def carry_out(state: LeadState, ports: Ports) -> None:
    """Does what a saved state says is still to do, and saves that it is done.

    Raises:
        Conflict: the lead belongs somewhere else by now, or somebody else saved it.
    """
    kin, lead_id = state.kin, state.lead_id
    # Whoever heard of a link, and went by the state of before, found that it says nothing new, and saved nothing.
    if kin_of(state, ports) != kin:
        raise Conflict(f"{lead_id} was linked anew while it was saved")
    own = ports.facts.own(lead_id) if kin.root or kin.leaving else []
    if kin.root:
        if kin.identity is None:
            raise ValueError(f"{lead_id} is merged, and nothing says which identity it has")
        said = standings.encode(state.standing) if says_something(state.standing) else b""
        # Checked against the state: a member that enters after it left would stay for good.
        ports.merges.enter(Member(kin.root, lead_id, kin.identity, kin.epoch, said), version=state.version)
        if home_of(kin.parent, ports) != kin.root:
            raise Conflict(f"{kin.parent} has left {kin.root}")
        _copy_latest(own, kin, ports, latest=lambda _: ports.facts.own(lead_id))
        _poke_members(lead_id, by=lead_id, mark=f"{kin.epoch}", ports=ports)
    ports.merges.link(_derived(state))
    if kin.restate:
        tell_links(state, ports)
    for root, epoch in sorted(kin.leaving.items()):
        ports.merges.leave(root, lead_id, epoch=epoch)
        ports.merges.uncopy(_copies(own, root, epoch))
        # The lead itself tells those that follow it there: it may have left before the root knew of it.
        _poke_members(root, by=lead_id, mark=f"{state.version} {root}", ports=ports)
    done = msgspec.structs.replace(
        kin, leaving={}, todo=False, restate=False, derived=tuple(each for each in kin.derived if each.joined)
    )
    ports.leads.put(replace(state, kin=done))


def _copy_latest(
    facts: Iterable[Fact], kin: Kin, ports: Ports, *, latest: Callable[[Sequence[str]], Iterable[Fact | None]]
) -> None:
    """Copies facts until what was copied is what is stored: another invocation may be at a newer content of them."""
    left = {fact.key: fact for fact in facts if not fact.owner and fact.kind is not Kind.IDENTITY}
    while left:
        ports.merges.copy(_copies(left.values(), kin.root, kin.epoch), over=True)
        found = {fact.key: fact for fact in latest(list(left)) if fact}
        gone = [fact for key, fact in left.items() if key not in found]
        ports.merges.uncopy(_copies(gone, kin.root, kin.epoch))
        left = {key: found[key] for key, fact in left.items() if key in found and found[key] != fact}


def _poke_members(root: str, *, by: str, mark: str, ports: Ports) -> None:
    """Those that stand at a root look again where they belong."""
    ports.merges.poke((each.lead_id for each in ports.merges.members(root)), by=by, mark=mark)


def _before_save(state: LeadState) -> int:
    """The version of a link that is issued before a state is saved, which may fail: below what the next one says."""
    return 2 * state.following - 1


def _saved(state: LeadState) -> int:
    """The version of a link that a saved state stands for."""
    return 2 * state.version


def _derived(state: LeadState) -> list[Link]:
    lead_id, version = state.lead_id, _saved(state)
    return [
        Link(named(each.holder, like=lead_id), each.holder, each.target, lead_id, each.joined, version)
        for each in state.kin.derived
    ]


def _copies(facts: Iterable[Fact], root: str, epoch: int) -> list[Fact]:
    own = (fact for fact in facts if not fact.owner and fact.kind is not Kind.IDENTITY)
    return [fact.copied(to=root, epoch=epoch) for fact in own]


def _epoch(image: dict[str, dict[str, str]] | None) -> str:
    return image["version"]["N"] if image else ""
