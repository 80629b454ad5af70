"""A seeded simulation of a SaaS funnel as its tools would tell it: simulated leads, real webhook formats.

The same seed and instant give the same requests, byte for byte. As from real tools, some come twice and
many out of order.
"""

import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.local.personas import (
    COMPANY_KINDS,
    COMPANY_WORDS,
    FIRST_NAMES,
    LAST_NAMES,
    PERSONAS,
    Act,
    Persona,
)

DAYS = 45
DUPLICATES = 0.05
GROUPED = 3  # one visitor of so many is in a workspace of the product
CLOUDEVENTS_SOURCE = "https://email.acme.example"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://acme.example/simulated-funnel")


@dataclass(frozen=True, kw_only=True)
class Post:
    """One request to the API; `signed` ones need AWS's signature."""

    path: str
    body: bytes
    headers: dict[str, str]
    signed: bool
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A simulated lead."""

    number: int
    persona: Persona
    anonymous_id: str
    email: str | None = None
    traits: dict[str, Any] = field(default_factory=dict)


def funnel(*, seed: int, leads: int, now: datetime, segment_secret: str) -> list[Post]:
    """All requests of the simulated weeks before `now`, in the order in which they arrive."""
    chance = random.Random(seed)
    names = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    chance.shuffle(names)
    visitors = [_visitor(number, leads, seed, names, chance) for number in range(leads)]
    posts = [post for visitor in visitors for post in _posts(visitor, seed, now, segment_secret, chance)]
    again = [post for post in posts if chance.random() < DUPLICATES]
    # Tools queue and retry: most things arrive nearly in order, some days late.
    arrivals = [(post.occurred_at + _delay(chance), post) for post in [*posts, *again]]
    return [post for _, post in sorted(arrivals, key=lambda arrival: arrival[0])]


def segment_post(call: dict[str, Any], *, secret: str, occurred_at: datetime) -> Post:
    """A Segment call, signed as Segment signs it."""
    body = json.dumps(call, separators=(",", ":"), ensure_ascii=False).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
    headers = {"Content-Type": "application/json", "X-Signature": signature}
    return Post(path="/v1/webhooks/segment", body=body, headers=headers, signed=False, occurred_at=occurred_at)


def cloudevents_post(event: dict[str, Any], *, occurred_at: datetime) -> Post:
    """A structured CloudEvent for the activities route."""
    headers = {"Content-Type": "application/cloudevents+json"}
    body = json.dumps(event, separators=(",", ":")).encode()
    return Post(path="/v1/activities", body=body, headers=headers, signed=True, occurred_at=occurred_at)


def _visitor(number: int, leads: int, seed: int, names: Sequence[tuple[str, str]], chance: random.Random) -> Visitor:
    persona = _persona(number, leads)
    anonymous_id = _id(seed, "visitor", number)
    if persona.anonymous:
        return Visitor(number=number, persona=persona, anonymous_id=anonymous_id)
    first, last = names[number % len(names)]
    company = f"{chance.choice(COMPANY_WORDS)} {chance.choice(COMPANY_KINDS)}"
    domain = chance.choice(persona.domains or (f"{company.lower().replace(' ', '-')}.example",))
    email = f"{first}.{last}{number}@{domain}".lower()
    traits = {
        "email": email,
        "name": f"{first} {last}",
        "title": chance.choice(persona.titles),
        "company": {
            "name": domain.partition(".")[0].title() if persona.domains else company,
            "employees": chance.randint(*persona.employees),
            "industry": chance.choice(persona.industries),
        },
        "address": {"country": chance.choice(persona.countries)},
    }
    return Visitor(number=number, persona=persona, anonymous_id=anonymous_id, email=email, traits=traits)


def _persona(number: int, leads: int) -> Persona:
    """Personas in proportion to their shares, the same ones for the same number of leads."""
    place = (number + 0.5) / leads * sum(persona.share for persona in PERSONAS)
    for persona in PERSONAS:
        place -= persona.share
        if place < 0:
            return persona
    raise AssertionError("unreachable")


def _posts(visitor: Visitor, seed: int, now: datetime, secret: str, chance: random.Random) -> Iterator[Post]:
    first_seen = now - timedelta(days=chance.uniform(min(visitor.persona.recent, DAYS - 5), DAYS))
    if visitor.traits:
        call = {"type": "identify", "traits": visitor.traits, **_common(visitor, seed, "identify", first_seen)}
        yield segment_post(call, secret=secret, occurred_at=first_seen)
        if visitor.number % GROUPED == 0:
            yield segment_post(_group(visitor, seed, first_seen), secret=secret, occurred_at=first_seen)
    acts = [act for act in visitor.persona.acts for _ in range(chance.randint(act.least, act.most))]
    for index, act in enumerate(acts):
        age = min(chance.triangular(0.01, visitor.persona.recent, 0.1), (now - first_seen) / timedelta(days=1))
        occurred_at = now - timedelta(days=age)
        yield _told(visitor, act, chance.choice(act.choices), _common(visitor, seed, index, occurred_at), secret)

    if visitor.persona.wins:
        yield from _won_deal(visitor, seed, first_seen, now, chance)


def _group(visitor: Visitor, seed: int, occurred_at: datetime) -> dict[str, Any]:
    """What the product says of the company whose workspace the visitor is in."""
    company, domain = visitor.traits["company"], str(visitor.email).partition("@")[2]
    traits = {**company, "website": f"https://www.{domain}/"}
    common = _common(visitor, seed, "group", occurred_at)
    return {"type": "group", "groupId": f"workspace-{domain}", "traits": traits, **common}


def _won_deal(
    visitor: Visitor, seed: int, first_seen: datetime, now: datetime, chance: random.Random
) -> Iterator[Post]:
    """What the CRM tells of a deal: opened some days after the first contact, won before now."""
    opened = first_seen + chance.uniform(0.1, 0.4) * (now - first_seen)
    won = opened + chance.uniform(0.3, 0.9) * (now - opened)
    deal = {"deal_id": f"deal-{visitor.number}", "amount": chance.randrange(6, 60) * 1000, "currency": "USD"}
    for kind, occurred_at in (("deal_opened", opened), ("deal_won", won)):
        act = Act(event=kind, least=1, most=1, tool="cloudevents")
        yield _told(visitor, act, deal, _common(visitor, seed, kind, occurred_at), "")


def _told(visitor: Visitor, act: Act, properties: dict[str, Any], common: dict[str, Any], secret: str) -> Post:
    occurred_at = datetime.fromisoformat(common["timestamp"])
    if act.tool == "cloudevents":
        event = {
            "specversion": "1.0",
            "id": common["messageId"],
            "source": CLOUDEVENTS_SOURCE,
            "type": act.event,
            "time": common["timestamp"],
            "subject": visitor.email,
            "data": {"properties": properties},
        }
        return cloudevents_post(event, occurred_at=occurred_at)
    name = {"name": properties["title"]} if act.event == "page" else {"event": act.event}
    kind = "page" if act.event == "page" else "track"
    call = {"type": kind, **name, "properties": properties, **common}
    return segment_post(call, secret=secret, occurred_at=occurred_at)


def _common(visitor: Visitor, seed: int, index: object, occurred_at: datetime) -> dict[str, Any]:
    context = {"traits": {"email": visitor.email}} if visitor.email else {}
    return {
        "anonymousId": visitor.anonymous_id,
        "messageId": _id(seed, visitor.number, index),
        "timestamp": occurred_at.isoformat(timespec="milliseconds"),
        "context": context,
    }


def _delay(chance: random.Random) -> timedelta:
    late = chance.random()
    if late < 0.03:  # noqa: PLR2004 - a tool that was down
        return timedelta(days=chance.uniform(1, 5))
    return timedelta(minutes=chance.expovariate(1 / 90))


def _id(*parts: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))
