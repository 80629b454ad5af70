"""What tools say of leads and of their companies, in any order: the requests of a seed about accounts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

from leadlight.activity import Identity
from tests.simulation.requests import Request, email_of
from tests.simulation.traffic import DAYS, START

COMPANIES = (
    {"domain": "acme0.example"},
    {"domain": "acme1.example"},
    {"ids": {"crm": "7"}},
    {"ids": {"crm": "8"}},
    {"domain": "acme0.example", "ids": {"crm": "8"}},
    {"domain": "gmail.com"},
)
_STATEMENTS = ("identities_merged", "identities_separated")


class AccountTraffic:
    """Leads that do things and change companies, and companies of which more and more is known."""

    spread = 3.0  # days

    def __init__(self, random: Random, *, tangled: bool) -> None:
        self._random = random
        self._tangled = tangled
        self.leads = random.randint(1, 4)

    def plan(self) -> list[tuple[datetime, Request]]:
        """Every request, with the moment it is first sent; some say other things under the same id."""
        random = self._random
        moments = [self._moment() for _ in range(random.choice((8, 20, 40)))]
        events = [(moment, self._event(number, moment)) for number, moment in enumerate(moments)]
        again = random.sample(events, k=random.choice((0, 1, 3)))
        events += [
            (moment + timedelta(days=random.random()), {**event, "data": self._data(event["type"])})
            for moment, event in again
        ]
        return [(moment, self._request([event])) for moment, event in sorted(events, key=lambda pair: pair[0])]

    def answer(self, hand_off: str, identity: Identity, now: datetime) -> Request:
        """Sales takes whatever it gets."""
        event = {"type": "handoff_accepted", "id": f"s-{hand_off}", "time": now.isoformat(), "subject": identity.value}
        return self._request([{**event, "data": {"properties": {"handoff_id": hand_off}}}])

    def _event(self, number: int, sent_at: datetime) -> dict[str, Any]:
        random = self._random
        kinds = ["page_viewed", "demo_requested", "lead_identified", "account_identified", "account_identified"]
        kind = random.choice([*kinds, *(_STATEMENTS if self._tangled and self.leads > 1 else ())])
        event = {"id": f"a{number}", "type": kind, "data": self._data(kind)}
        if random.random() < 0.95:
            event["time"] = (sent_at - timedelta(days=random.choice((0, 0, 3)) * random.random())).isoformat()
        if kind in ("account_identified", *_STATEMENTS):
            return event
        return {**event, "subject": email_of(random.randrange(self.leads))}

    def _data(self, kind: str) -> dict[str, Any]:
        random = self._random
        if kind in _STATEMENTS:
            pair = random.sample(range(self.leads), k=2)
            return {"lead": {"identities": [{"kind": "email", "value": email_of(lead)} for lead in pair]}}
        data: dict[str, Any] = {"properties": {"path": "/pricing"}}
        if kind == "account_identified" or random.random() < 0.2:
            data["account"] = {**random.choice(COMPANIES)}
            if kind == "account_identified" or random.random() < 0.3:
                names = random.sample(("employees", "industry", "plan"), k=random.randint(1, 3))
                data["account"]["traits"] = {name: random.choice((5, 30, 200, 4000)) for name in names}
        return data

    def _request(self, events: Sequence[dict[str, Any]]) -> Request:
        body = msgspec.json.encode([{"specversion": "1.0", "source": "crm", **event} for event in events])
        headers = {"content-type": "application/cloudevents-batch+json"}
        return Request("activities", headers, body, [], len(events), backfill=self._random.random() < 0.1)

    def _moment(self) -> datetime:
        return START + timedelta(days=self._random.random() * DAYS)
