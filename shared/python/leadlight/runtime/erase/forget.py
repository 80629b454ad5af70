"""Forgetting in steps, each of which may be the last before a crash: running it again ends what was begun.

First a marker for each lead, so that whatever is in flight finds that it comes too late. Then the raw bodies, while
it is still known what the person is called. Then the states: a put in flight fails on them. Then the decisions, and
the facts last. A request does a bounded share of this and says where to go on.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from leadlight.activity import Fact, Identity, Kind
from leadlight.activity.order_key import moment_of
from leadlight.adapters.account_items import member_key
from leadlight.forgotten import Begun, Forgetting
from leadlight.ports import Ports
from leadlight.problems import MalformedEvent
from leadlight.runtime.erase.person import Person, accounts_of, copies_elsewhere, person_of

BODIES = 100
MOST_READ = 20_000_000  # bytes of them: to look for names in more takes too long for an answer
ITEMS = 1_000
LEADS = 50
KINDS = ("facts", "copies", "links", "states", "enrollments", "decisions", "failed_events")
_BODIES, _LEADS = "bodies", "leads"
_FACTS = {"untimed", *(kind.value for kind in Kind)}


class Step(NamedTuple):
    """What a request removed, by kind, and where the next one goes on: empty where all is done."""

    removed: Mapping[str, int]
    next: str


def forget(lead_id: str, ports: Ports, *, also: Iterable[Identity], cursor: str) -> Step:
    """Removes a bounded share of what is held about a person.

    Args:
        lead_id: any lead of the person.
        ports: the world.
        also: identities that the person is known to have.
        cursor: `next` of the step before; empty for the first.

    Raises:
        MalformedEvent: the cursor is none that a step gave.
    """
    stage, _, place = cursor.partition(":")
    if stage not in ("", _BODIES, _LEADS):
        raise MalformedEvent("next must be the one that the step before gave", field="next")
    removed: Counter[str] = Counter()
    begun = ports.forgotten.begun(lead_id)
    if stage and not begun.lead_ids:
        return _ended(lead_id, ports)
    if stage and any(past.returned for past in _pasts(begun.asked, ports)):
        stage = place = ""  # consent came while it went on: what was done since goes too, and counts as of before
    if stage != _LEADS:
        person = person_of(lead_id, ports, also=also)
        if not stage or not {*begun.lead_ids} >= {*person.lead_ids}:
            begun = _begin(person, ports)
        following = _forget_bodies(person, place, ports, removed)
        if following:
            return Step(removed, f"{_BODIES}:{following}")
        _forget_leads(person, ports, removed)
        place = ""
    left = _forget_items(begun.lead_ids, place, ports, removed)
    if not left:
        ports.forgotten.end(begun.asked)
    return Step(removed, f"{_LEADS}:{left}" if left else "")


def _ended(lead_id: str, ports: Ports) -> Step:
    """The answer to a step that comes again after the last one.

    Raises:
        MalformedEvent: nobody asked for this lead to be forgotten, or it came back since.
    """
    past = ports.forgotten.of(lead_id)
    if past is None or past.returned:
        raise MalformedEvent("forgetting this lead was not begun: leave next out to begin", field="next")
    return Step({}, "")


def _begin(person: Person, ports: Ports) -> Begun:
    """Marks the leads as of the last of what is erased, so that it does not count as new when it comes again.

    Who comes back is numbered on from there: that is past all versions and decisions of who came back before.
    """
    begun = Begun(person.asked, person.lead_ids)
    ports.forgotten.begin(begun)  # others may say meanwhile that they are somebody else
    moments = [ports.now(), *filter(None, [person.latest]), *(past.at for past in _pasts(person.lead_ids, ports))]
    back = (state for state in person.states.values() if state.begun)
    moments += [moment_of(max(state.following, state.standing.seq)) for state in back]
    ports.forgotten.put(person.lead_ids, max(moments))
    return begun


def _pasts(lead_ids: Iterable[str], ports: Ports) -> Iterator[Forgetting]:
    return filter(None, map(ports.forgotten.of, lead_ids))


def _forget_bodies(person: Person, after: str, ports: Ports, removed: Counter[str]) -> str:
    """Failed events and given-up batches: what is the person's is cut out, what is others' stays."""
    places, names, read = ports.failed.places(after=after, limit=BODIES), person.names, 0
    for place, raw in ports.failed.bodies(places):
        parted = names.part(raw)
        if parted.theirs:
            reason = ports.failed.reason(place) if parted.rest else ""
            told = "partly erased" if names.in_text(reason) else reason
            ports.failed.cut(place, parted.rest, reason=told)
            removed["failed_events"] += len(parted.theirs)
        read += len(raw)
        if read > MOST_READ:
            return place
    return places[-1] if len(places) == BODIES else ""


def _forget_leads(person: Person, ports: Ports, removed: Counter[str]) -> None:
    """What is kept elsewhere of each lead: its place among its company's leads, states, decisions."""
    for account_id in accounts_of(person, ports):
        ports.facts.delete(account_id, list(map(member_key, person.lead_ids)))
    for root, keys in copies_elsewhere(person, ports).items():
        ports.facts.delete(root, keys)
    _disown(person, ports, removed)
    _erase(person.lead_ids, ports, removed)


def _erase(lead_ids: Sequence[str], ports: Ports, removed: Counter[str]) -> None:
    erased = ports.leads.erase(lead_ids)
    removed["states"] += erased.get("state", 0)
    removed["enrollments"] += erased.get("nurture", 0)


def _disown(person: Person, ports: Ports, removed: Counter[str]) -> None:
    """Leads that stand by themselves keep their facts; what says that they are, or are not, this person goes."""
    mine = set(person.lead_ids)
    for lead_id in person.apart:
        keys = [f"link#{link.issuer}#{link.target_id}" for link in ports.merges.links(lead_id)]
        linked = [key for key in keys if mine & set(key.split("#"))]
        said = [fact.key for fact in ports.facts.of(lead_id, Kind.IDENTITY) if _names(fact, person)]
        ports.facts.delete(lead_id, [*linked, *said])
        removed["links"] += len(linked)
        removed["facts"] += len(said)


def _names(fact: Fact, person: Person) -> bool:
    return bool(person.identities.intersection(fact.identities))


def _forget_items(lead_ids: Sequence[str], after: str, ports: Ports, removed: Counter[str]) -> str:
    """Decisions and items of lead after lead; where to go on, empty at the end."""
    left = ITEMS
    waiting = lead_ids[lead_ids.index(after) :] if after in lead_ids else lead_ids
    for count, lead_id in enumerate(waiting):
        if left <= 0 or count == LEADS:
            return lead_id
        _erase([lead_id], ports, removed)  # what an invocation in flight put back
        decisions = ports.records.decisions(lead_id)
        ports.records.drop_decisions(decisions)
        removed["decisions"] += len(decisions)
        left -= len(decisions)
        keys = ports.facts.keys(lead_id)
        some = keys[: max(left, 1)]
        ports.facts.delete(lead_id, some)
        removed.update(map(_kind, some))
        left -= len(some)
        if len(some) < len(keys):
            return lead_id
    return ""


def _kind(key: str) -> str:
    name, *rest = key.split("#")
    if name not in _FACTS:
        return "links"
    return "copies" if len(rest) > 2 else "facts"  # noqa: PLR2004 - a copy's key ends with its owner


def view(step: Step) -> dict[str, Any]:
    """A step as the API answers it."""
    return {
        "done": not step.next,
        "next": step.next or None,
        "removed": {kind: step.removed.get(kind, 0) for kind in KINDS},
    }
