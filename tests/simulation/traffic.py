"""A seed's traffic: what a handful of leads do, and when and how their tools tell us."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from leadlight.activity import Identity
from tests.simulation.requests import Request, Sent, cloudevents, names, segment

START = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DAYS = 25
Scalar = str | int

MESSAGES = ("m1", "m2")
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1)"
TITLES = ("CTO", "VP Sales", "Head of Growth", "Marketing Manager", "Student")
PATHS = ("/pricing", "/compare/acme", "/blog/one", "/careers", "/")
KINDS: Sequence[tuple[str, int]] = (
    ("page_viewed", 30),
    ("feature_used", 16),
    ("email_clicked", 10),
    ("content_downloaded", 6),
    ("lead_identified", 10),
    ("demo_requested", 6),
    ("webinar_attended", 4),
    ("trial_started", 4),
    ("unsubscribed", 2),
    ("consent_given", 2),
    ("deal_opened", 3),
    ("deal_won", 2),
    ("deal_lost", 2),
    ("judged_human", 1),
    ("judged_bot", 1),
)
SOURCES = ("segment", "segment", "segment", "crm", "crm", "import:crm")
SKEWS = (0.0, 0.0, 0.0, 1.0, -1.0)
_NAMES = [name for name, _ in KINDS]
_WEIGHTS = [weight for _, weight in KINDS]


class Traffic:
    """Draws activities and wraps them in requests.

    `tangled`: tools know the same leads by different identities, some say which are one person, and so does a team.
    """

    def __init__(self, random: Random, *, tangled: bool = False) -> None:
        self.random = random
        self._tangled = tangled
        self.leads = random.randint(1, 4)
        self.sent: list[Sent] = []
        self.kept = timedelta.max  # how long a fact is there
        self.hot = random.choice((0.5, 0.8, 0.95))
        self._late = random.choice((0.1, 0.3, 0.5))
        self.spread = random.choice((2.0, 6.0, 12.0, 200.0))  # days
        # A tool's clock goes before or after, by up to a day: more than that ahead is refused.
        self._skew = {source: random.choice(SKEWS) for source in SOURCES}

    def plan(self) -> list[tuple[datetime, Request]]:
        """Every request of the seed that is not an answer to us, with the moment it is first sent."""
        # Either few, or enough to push keys out of a lead's ring.
        count = self.random.randint(8, 20) if self.random.random() < 0.4 else self.random.randint(30, 48)
        drawn = [self.draw() for _ in range(count)]
        for _ in range(self.random.choice((0, 0, 1, 2))):
            drawn += self._scan()
        drawn.sort(key=lambda pair: pair[0])
        planned: list[tuple[datetime, Request]] = []
        while drawn:
            size = self.random.choice((1, 1, 1, 2, 4))
            batch, drawn = drawn[:size], drawn[size:]
            planned.append((batch[-1][0], self.request([sent for _, sent in batch])))
        planned += list(self._rewritten())
        if self.random.random() < 0.3:
            planned.append((self._moment(), self._forged()))
        return planned

    def request(self, batch: Sequence[Sent], version: int = -1) -> Request:
        """A request with one or more activities; now and then one in it can't be understood."""
        source = batch[0].source
        if any(sent.source != source for sent in batch):
            source = "crm"
        pairs = [(sent, len(sent.versions) - 1 if version < 0 else version) for sent in batch]
        bad = self.random.random() < 0.04
        if source == "segment":
            return segment(pairs, bad=bad)
        draw = self.random.random()
        said = any(sent.type.startswith("identit") for sent in batch)  # a team's word comes by no webhook
        request = cloudevents(pairs, bad=bad, webhook=draw < 0.3 and not said)
        request.backfill = draw > 0.95
        return request

    def answer(self, hand_off: str, identity: Identity, now: datetime) -> Request:
        """Sales' answer to a hand-off."""
        accepted = self.random.random() < 0.6
        kind = "handoff_accepted" if accepted else "handoff_rejected"
        properties: dict[str, Any] = {"handoff_id": hand_off, "v": 0}
        if not accepted:
            properties["reason"] = "no budget"
        sent = Sent(f"s{len(self.sent)}", "crm", kind, (identity,), _whole(now), [{"properties": properties}])
        self.sent.append(sent)
        return self.request([sent])

    def draw(self) -> tuple[datetime, Sent]:
        random = self.random
        sent_at = self._moment()
        lag = 0.0
        if (draw := random.random()) < self._late:
            lag = random.random() * self.spread
        elif draw > 0.97:
            lag = -random.random() * 0.9
        elif draw > 0.8:
            lag = random.random() * 0.5
        timed = random.random() > 0.06
        kind = random.choices(_NAMES, _WEIGHTS)[0]
        number = len(self.sent)
        source = random.choice(SOURCES)
        lag = max(lag - self._skew[source], -1.0)
        identities = self._identities(0 if random.random() < self.hot else random.randrange(self.leads), source)
        if self._tangled and random.random() < 0.12:
            source, kind, identities = "crm", *self._statement()
        sent = Sent(
            id=f"a{number}",
            source=source,
            type=kind,
            identities=identities,
            occurred_at=_whole(sent_at - timedelta(days=lag)) if timed else None,
            told_at=sent_at,
        )
        sent.versions.append(self._content(kind, 0))
        self.sent.append(sent)
        return sent_at, sent

    def _scan(self) -> list[tuple[datetime, Sent]]:
        """A mailbox scanner: links of one message within seconds of its delivery, told in any order, some of it late."""
        random = self.random
        first = _whole(self._moment() - timedelta(days=random.choice((0, 0, 5)) * random.random()))
        kinds = ["email_clicked"] * random.choice((2, 3, 4, 5, 6, 9, 20)) + ["email_delivered", "email_opened"]
        lead, found = random.randrange(self.leads), []
        for kind in kinds:
            source = random.choice(("segment", "crm"))
            seconds = 0.0 if kind == "email_delivered" else random.random() * random.choice((1, 4, 20))
            sent = Sent(
                id=f"a{len(self.sent)}",
                source=source,
                type=kind,
                identities=self._identities(lead, source),
                occurred_at=_whole(first + timedelta(seconds=seconds)),
            )
            sent.versions.append(self._content(kind, 0))
            sent.versions[0]["properties"]["message_id"] = MESSAGES[0]
            self.sent.append(sent)
            found.append((max(first, START) + timedelta(days=random.choice((0.001, 3)) * random.random()), sent))
        return found

    def _identities(self, lead: int, source: str) -> tuple[Identity, ...]:
        known = names(lead)
        if not self._tangled:
            return known[0], known[1 if source == "segment" else 2]
        chosen = self.random.choice(((0, 1), (0, 2), (0,), (1, 2), (1,), (1,), (2,), (2,)))
        identities = [known[place] for place in chosen]
        if self.random.random() < 0.1:  # a device or an account that several share
            identities.append(self.random.choice(names(self.random.randrange(self.leads))))
        return tuple({identity.kind: identity for identity in identities}.values())

    def _statement(self) -> tuple[str, tuple[Identity, ...]]:
        """What a team says: two identities are one person, or are not; one is nobody's own, or is somebody's."""
        known = [names(self.random.randrange(self.leads)) for _ in range(2)]
        first, second = self.random.sample(range(3), k=2)
        if self.random.random() < 0.3:
            kind = self.random.choice(("identity_shared", "identity_personal"))
            return kind, (known[0][first],)
        if self.leads > 1 and self.random.random() < 0.3:  # of one kind, where a CloudEvent can say two of them
            one, other = self.random.sample(range(self.leads), k=2)
            first = self.random.randrange(2)
            pair = names(one)[first], names(other)[first]
        else:
            pair = known[0][first], known[1][second]
        return self.random.choice(("identities_merged", "identities_separated", "identities_separated")), pair

    def _content(self, kind: str, version: int) -> dict[str, Any]:  # noqa: C901 - one case for each kind
        random = self.random
        content: dict[str, Any] = {"properties": {"v": version}}
        properties = content["properties"]
        match kind:
            case "page_viewed":
                properties["path"] = random.choice(PATHS)
                if random.random() < 0.3:
                    properties["utm_source"] = random.choice(("search", "ads"))
                if random.random() < 0.1:
                    properties["user_agent"] = random.choice(("Mozilla/5.0 Firefox/140.0", CRAWLER))
            case "email_clicked":
                properties["message_id"] = random.choice(MESSAGES)
            case "judged_human" | "judged_bot":
                day = (START + timedelta(days=random.random() * DAYS)).date()
                properties["about"] = random.choice((*(f"message:{name}" for name in MESSAGES), f"day:{day}"))
            case "feature_used":
                properties["feature"] = random.choice(("report", "search", "api_key"))
            case "deal_opened" | "deal_won" | "deal_lost":
                properties["deal_id"] = random.choice(("d1", "d2"))
                properties["amount"] = random.randint(1, 9) * 100
            case "lead_identified":
                traits: dict[str, Any] = {"v": version}
                if random.random() < 0.7:
                    traits["job_title"] = random.choice(TITLES)
                if random.random() < 0.7:
                    traits["company_size"] = random.choice((5, 30, 200, 4000))
                if random.random() < 0.5:
                    traits |= {"industry": "software", "country": "DE"}
                content["traits"] = traits
        return content

    def _rewritten(self) -> list[tuple[datetime, Request]]:
        """The same id told again, later, with other content."""
        found = []
        for sent in self.random.sample(self.sent, k=min(len(self.sent), self.random.choice((0, 1, 3)))):
            if sent.occurred_at is not None:
                sent.versions.append(self._content(sent.type, len(sent.versions)))
                moment = max(sent.occurred_at, START) + timedelta(days=self.random.random() * 6)
                request = self.request([sent])
                # What is gone by TTL nobody knows to be told again: the first content of it stays.
                if max(moment, sent.told_at or moment) - sent.occurred_at < self.kept:
                    found.append((moment, request))
        return found

    def _forged(self) -> Request:
        body = b'{"type":"track","event":"Demo Requested","messageId":"forged","userId":"lead0@acme.example"}'
        headers = {"x-signature": "0" * 40, "content-type": "application/json"}
        return Request("segment", headers, body, [], 1, status=401)

    def _moment(self) -> datetime:
        return START + timedelta(days=self.random.random() * DAYS)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
