"""What a person is told when they ask: everything held about them, in pages that an answer can carry."""

from collections.abc import Iterable
from typing import Any

import msgspec

from leadlight.activity import Fact, Identity
from leadlight.activity.order_key import timestamp
from leadlight.ports import Ports, Stored
from leadlight.problems import MalformedEvent
from leadlight.runtime.api.leads import lead_view
from leadlight.runtime.erase.forget import BODIES, MOST_READ
from leadlight.runtime.erase.person import Person, person_of

MOST_BYTES = 2_000_000  # of raw bodies; an answer may have 6 MB
FACTS = 1_000
_FACTS, _BODIES = "facts", "bodies"


def export(lead_id: str, ports: Ports, *, also: Iterable[Identity], cursor: str) -> dict[str, Any]:
    """One page of what is held about a person; `next` asks for the page after it, None at the end.

    The first page has who they are: `lead_id`, `merged`, `identities`, `lead` (score, traits, consent, deals,
    decisions, enrollments, activity by day), and of merged leads `decisions` and `enrollments`. The next ones have
    `facts`, `links` and `failed_events`.

    Args:
        lead_id: any lead of the person.
        ports: the world.
        also: identities that the person is known to have.
        cursor: `next` of the page before; empty for the first.

    Raises:
        MalformedEvent: the cursor is none that a page gave, or the person's leads are others by now.
    """
    person = person_of(lead_id, ports, also=also)
    stage, _, place = cursor.partition(":")
    if stage == _BODIES:
        return _bodies(person, place, ports)
    if stage == _FACTS:
        lead, _, after = place.partition(":")
        if lead not in person.lead_ids:
            raise _wrong_cursor()
        return _facts(person, lead, after, ports)
    if stage:
        raise _wrong_cursor()
    return {**_profile(person, ports), "next": f"{_FACTS}:{person.lead_ids[0]}:"}


def _wrong_cursor() -> MalformedEvent:
    return MalformedEvent("next must be the one that the page before gave: leave it out to begin anew", field="next")


def _profile(person: Person, ports: Ports) -> dict[str, Any]:
    state = person.states.get(person.root)
    enrolled = [ports.leads.get_nurture(lead_id) for lead_id in person.members]
    return {
        "lead_id": person.root,
        "merged": sorted(person.members),
        "identities": [{"kind": kind, "value": value} for kind, value in sorted(person.identities)],
        "lead": lead_view(state, ports) if state else None,
        "decisions": [
            {"id": decision.id, **msgspec.to_builtins(decision)}
            for lead_id in person.members
            for decision in ports.records.decisions(lead_id)
        ],
        "enrollments": [
            {"lead_id": each.lead_id, "campaigns": each.enrollments} for each in enrolled if each.enrollments
        ],
    }


def _facts(person: Person, lead_id: str, after: str, ports: Ports) -> dict[str, Any]:
    """A page of a lead's own items: copies stand with the lead that they are of."""
    page = ports.facts.page(lead_id, after=after, limit=FACTS)
    facts = [item.fact for item in page if item.fact and not item.fact.owner]
    held = {
        "facts": list(map(fact_view, facts)),
        "links": [{"lead_id": lead_id, "key": item.key, "body": item.body} for item in page if _is_link(item)],
    }
    if page:
        return {**held, "next": f"{_FACTS}:{lead_id}:{page[-1].key}"}
    following = person.lead_ids[person.lead_ids.index(lead_id) + 1 :]
    return {**held, "next": f"{_FACTS}:{following[0]}:" if following else f"{_BODIES}:"}


def fact_view(fact: Fact) -> dict[str, Any]:
    """A fact as a person can read it."""
    return {
        "lead_id": fact.lead_id,
        "time": timestamp(fact.occurred_at),
        "time_is_of": "receipt" if fact.untimed else "occurrence",
        "about": fact.kind,
        "type": fact.type,
        "source": fact.source,
        "id": fact.source_id,
        "imported": fact.backfill,
        "identities": [{"kind": kind, "value": value} for kind, value in fact.identities],
        "values": fact.values,
    }


def _is_link(item: Stored) -> bool:
    return item.fact is None and bool(item.body)


def _bodies(person: Person, after: str, ports: Ports) -> dict[str, Any]:
    """A page of the failed events that name the person; of those that others share, the person's part."""
    found = []
    names, size, read, last = person.names, 0, 0, after
    places = ports.failed.places(after=after, limit=BODIES)
    for place, raw in ports.failed.bodies(places):
        theirs = names.part(raw).theirs
        if theirs:
            size += len(raw)
            reason = ports.failed.reason(place)
            found.append({"place": place, "reason": reason, "content": theirs})
        last = place
        read += len(raw)
        if size > MOST_BYTES or read > MOST_READ:
            return {"failed_events": found, "next": f"{_BODIES}:{last}"}
    return {"failed_events": found, "next": f"{_BODIES}:{places[-1]}" if len(places) == BODIES else None}
