"""The HTTP API on this machine: the real ingest and API over facts in memory, and answers that a test puts first."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from leadlight.activity import Fact, is_account
from leadlight.activity.order_key import day_number
from leadlight.adapters.lead_items import rank_key, stage_of
from leadlight.events import Event
from leadlight.kpi import DayMeasures, Spend, measure
from leadlight.lifecycle.decision import Decision
from leadlight.model import Documents
from leadlight.model.document import read_documents
from leadlight.nurture import NurtureState
from leadlight.ports import Membership
from leadlight.runtime import api, ingest
from leadlight.scoring import Portfolio
from leadlight.state import Change, LeadState, apply, by_day
from leadlight.state.company import account_of, known_of_account
from leadlight.state.fold import Company

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
_TODAY = day_number(NOW)


@cache
def documents() -> Documents:
    """The starter model and catalogue."""
    return read_documents()


class Request(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


Answer = tuple[int, dict[str, str], bytes]


class LocalApi:
    """Ports in memory, served over HTTP. `first` may answer a request itself, or return None."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.first: Callable[[Request], Answer | None] = lambda _request: None
        self.stored: dict[tuple[str, str], Fact] = {}
        self.days: list[DayMeasures] = []
        self.spent: dict[str, Spend] = {}
        self.as_of: datetime | None = None
        self.facts = self.leads = self.records = self.bus = self.accounts = self
        self.documents = documents()
        self.portfolio = Portfolio(self.documents.models)
        self.retention_days = 400
        self.fold_plus_tags = False
        self.url = ""
        self._lock = Lock()

    def answer(self, request: Request) -> Answer:
        """What the stack would answer."""
        with self._lock:
            self.requests.append(request)
            given = self.first(request)
            if given:
                return given
            lead_id = request.path.removeprefix("/v1/leads/")
            account_id = request.path.removeprefix("/v1/accounts/")
            event = {
                "requestContext": {"http": {"method": request.method}, "requestId": "request-1"},
                "routeKey": f"{request.method} " + request.path.replace(lead_id, "{lead_id}")
                if "/leads/" in request.path
                else f"{request.method} {request.path}".replace(account_id, "{account_id}")
                if "/accounts/" in request.path
                else f"{request.method} {request.path}",
                "pathParameters": {"lead_id": lead_id, "account_id": account_id},
                "queryStringParameters": request.query,
                "headers": request.headers,
                "body": request.body.decode(),
            }
            handle = ingest.handle if request.path == "/v1/activities" else api.handle
            result = handle(event, self)  # type: ignore[arg-type]
            return result["statusCode"], result["headers"], result["body"].encode()

    # the ports, as far as the commands need them

    def now(self) -> datetime:
        return NOW

    def put(self, given: Sequence[Fact | Event]) -> None:
        """Stores facts; an event on the bus asks for a rollup, and has it at once."""
        for one in given:
            if isinstance(one, Fact):
                self.stored[one.lead_id, one.key] = one
            else:
                self.days, self.as_of = measure(self.scan(), self.spend()), NOW

    def scan(self) -> Iterator[LeadState]:
        by_lead: dict[str, list[Change]] = {}
        states: dict[str, LeadState] = {}
        for fact in self.stored.values():
            by_lead.setdefault(fact.lead_id, []).append(Change(fact))
        catalogue = self.documents.catalogue
        for lead_id, changes in by_lead.items():
            state = states[lead_id] = LeadState(lead_id)
            apply(
                state.fold,
                changes,
                signals_of=catalogue.signals_of,
                facts_on=lambda day, lead_id=lead_id: by_day(self.of_lead(lead_id))(day),
                guard=catalogue.guard,
            )
        for state in [each for each in states.values() if not is_account(each.lead_id)]:
            account_id = account_of(state.fold, free_mail=self.documents.free_mail)
            if account_id:
                company = known_of_account(states.setdefault(account_id, LeadState(account_id)).fold)
                state.fold.account, state.fold.companies = account_id, {account_id: Company(1, 1, company)}
        for state in states.values():
            state.totals = self.portfolio.of(state.fold, _TODAY).totals(state.fold, _TODAY)
        yield from states.values()

    def of_lead(self, lead_id: str) -> list[Fact]:
        return [fact for fact in self.stored.values() if fact.lead_id == lead_id]

    def members(self, account_id: str, *, after: str = "", limit: int) -> list[Membership]:
        found = sorted(state.lead_id for state in self.scan() if state.fold.account == account_id)
        return [Membership(account_id, lead_id, 1, 0) for lead_id in found if lead_id > after][:limit]

    def get(self, lead_id: str, *, consistent: bool) -> LeadState | None:
        return next((state for state in self.scan() if state.lead_id == lead_id), None)

    def get_many(self, lead_ids: Sequence[str]) -> list[LeadState]:
        return [state for state in self.scan() if state.lead_id in lead_ids]

    def ranked(self, stages: Sequence[str], *, below: str, limit: int) -> list[str]:
        found = (
            rank_key(self.portfolio.score(state.fold, _TODAY).totals.score, state.lead_id)
            for state in self.scan()
            if stage_of(state) in stages
        )
        return sorted((key for key in found if key < below), reverse=True)[:limit]

    def get_nurture(self, lead_id: str) -> NurtureState:
        return NurtureState(lead_id)

    def decisions(self, lead_id: str) -> list[Decision]:
        return []

    def measures(self) -> tuple[list[DayMeasures], datetime | None]:
        return self.days, self.as_of

    def put_spend(self, lines: Sequence[Spend]) -> None:
        self.spent.update((line.key, line) for line in lines)

    def spend(self) -> list[Spend]:
        return [self.spent[key] for key in sorted(self.spent)]


@contextmanager
def serving() -> Iterator[LocalApi]:
    """The API on a free loopback port."""
    local = LocalApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, url.path, dict(parse_qsl(url.query)), headers, body)
            status, headers, body = local.answer(request)
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def log_message(self, *_arguments: Any) -> None:
            """Tests read the requests, not a log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        local.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield local
        finally:
            server.shutdown()
            thread.join()


def problem(status: int, **document: Any) -> Answer:
    """An error answer."""
    return status, {"content-type": "application/problem+json"}, json.dumps(document).encode()
