"""A person who is to be forgotten: what is told of her, and what is found of her."""

import json
from datetime import timedelta
from typing import Any

from functions.erase import handler as erase
from leadlight.activity import Identity, lead_id_of
from tests.simulation.quiet import Quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW

ADDRESS, NAME, USER, COOKIE = "grace@forget.example", "Grace Erasable", "u-erasable-77", "anon-5f1c-erasable"
PERSONAL = (ADDRESS, NAME, USER, COOKIE)
ROOT = lead_id_of(Identity("email", ADDRESS))
OTHER = "kept@forget.example"
IDEAL = {"email": ADDRESS, "name": NAME, "title": "VP Marketing", "company_size": 300, "industry": "saas"}


def call(kind: str, number: int, **more: Any) -> dict[str, Any]:
    moment = (NOW - timedelta(hours=number + 1)).isoformat()
    return {"type": kind, "messageId": f"m-{number}", "timestamp": moment, **more}


def journey() -> list[dict[str, Any]]:
    """Anonymous first, then known by a user id, then by name and address; one call that nobody understands."""
    known = {"context": {"traits": {"email": ADDRESS}}}
    return [
        call("page", 9, anonymousId=COOKIE, name="Pricing", context={"page": {"path": "/pricing"}}),
        call("track", 8, anonymousId=COOKIE, userId=USER, event="Trial Started"),
        call("identify", 7, userId=USER, traits=IDEAL),
        *(call("track", n, event=event, **known) for n, event in enumerate(("Demo Requested", "Email Clicked"))),
        call("delete", 2, userId=USER, traits={"name": NAME}, **known),
    ]


def deal() -> dict[str, Any]:
    data = {"properties": {"deal_id": "d-1", "amount": 900}, "lead": {"email": ADDRESS}}
    moment = (NOW - timedelta(minutes=5)).isoformat()
    return {"specversion": "1.0", "id": "deal", "source": "crm", "type": "deal_won", "time": moment, "data": data}


def lived(stack: Quiet, calls: list[dict[str, Any]] | None = None) -> None:
    for each in calls or journey():
        stack.segment(each)
        stack.settle()
    stack.activity(deal())
    stack.settle()


def found(stack: Quiet) -> set[str]:
    """What a search of everything that is stored finds of the person."""
    world = stack.world
    stored = [item for table in (world.facts.table, world.leads.table) for item in table.all()]
    records = [world.records.stored, world.records.spent, world.forgotten.marked]
    kept = [(event.reason, event.raw) for event in world.failed.all.values()]
    everything = repr([stored, records, kept]).casefold()
    return {name for name in (*PERSONAL, ROOT) if name.casefold() in everything}


def state(stack: Quiet, lead_id: str = ROOT) -> Any:
    return stack.world.leads.get(lead_id, consistent=True)


def consent(stack: Quiet, number: int = 50) -> dict[str, Any]:
    moment = stack.world.clock.isoformat()
    lead = {"email": ADDRESS, "user_id": USER}
    return {
        "specversion": "1.0", "id": f"c-{number}", "source": "site", "type": "consent_given", "time": moment,
        "data": {"lead": lead},
    }  # fmt: skip


def lead(kind: str, value: str) -> str:
    return lead_id_of(Identity(kind, value))


def event(name: str, type_: str = "page_viewed", *, minutes: int = 5, **data: Any) -> dict[str, Any]:
    moment = (NOW - timedelta(minutes=minutes)).isoformat()
    return {"specversion": "1.0", "id": name, "source": "app", "type": type_, "time": moment, "data": data}


def said(name: str, type_: str, *identities: tuple[str, str]) -> dict[str, Any]:
    pairs = [{"kind": kind, "value": value} for kind, value in identities]
    return event(name, type_, minutes=1, lead={"identities": pairs})


def asked(what: str, lead_id: str, following: str) -> tuple[int, dict[str, Any]]:
    method = "GET" if what == "export" else "POST"
    answer = erase.lambda_handler(
        {
            "routeKey": f"{method} /v1/leads/{{lead_id}}/{what}",
            "pathParameters": {"lead_id": lead_id},
            "queryStringParameters": {"next": following},
            "requestContext": {"http": {"method": method}, "requestId": "r"},
        },
        CONTEXT,
    )
    return answer["statusCode"], json.loads(answer["body"])


def assembled(stack: Quiet) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for page in stack.export(ROOT):
        for name, value in page.items():
            whole[name] = [*whole.get(name, []), *value] if isinstance(value, list) else value
    return whole
