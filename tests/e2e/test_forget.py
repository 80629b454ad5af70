"""A person is forgotten: a search of every table, every object and every log finds nothing, now and later."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from leadlight.activity import Identity, lead_id_of
from tests.e2e.operator import operator
from tests.e2e.requests import activities, cloudevent, segment, track

ADDRESS, NAME, USER, COOKIE = "grace@forget-e2e.example", "Grace Erasable", "u-erasable-4711", "anon-erasable-5f1c"
PERSONAL = (ADDRESS, NAME, USER, COOKIE)
LEAD = lead_id_of(Identity("email", ADDRESS))
FIT = {"email": ADDRESS, "name": NAME, "title": "VP Marketing", "company": {"employees": 300, "industry": "saas"}}


def calls() -> list[dict[str, Any]]:
    """Anonymous, then a user, then known by name; the last one can't be understood."""
    told = [
        {"type": "page", "name": "Pricing", "context": {"page": {"path": "/pricing"}}, "anonymousId": COOKIE},
        {"type": "track", "event": "Trial Started", "anonymousId": COOKIE, "userId": USER},
        {"type": "identify", "userId": USER, "traits": FIT},
        track("Demo Requested", email=ADDRESS, name="", userId=USER),
        track("", email=ADDRESS, name="", type="delete", userId=USER, traits={"name": NAME}),
    ]
    start = datetime.now(UTC) - timedelta(minutes=30)
    return [
        {**call, "messageId": f"forget-{n}", "timestamp": (start + timedelta(minutes=n)).isoformat()}
        for n, call in enumerate(told)
    ]


def test_nothing_is_found_of_a_person_who_was_forgotten(stack_enforced, tmp_path: Path) -> None:
    """Webhooks, deal, decisions, enrollments, a failed event; then export, forget, and the same webhooks again."""
    stack, cli = stack_enforced, operator(stack_enforced)
    before = stack.errors()  # another test takes a grant away, to see that it is missed
    told = calls()
    arrive(stack, told)
    deal = cloudevent("deal_won", email=ADDRESS, name="deal", data={"properties": {"deal_id": "d-1", "amount": 10}})
    assert activities(stack, deal).status == 202
    stack.wait_idle()
    assert stored(stack) == set(PERSONAL)

    out = tmp_path / "grace.json"
    cli("export", ADDRESS, "--out", out)
    document = json.loads(out.read_text())
    assert {identity["value"] for identity in document["identities"]} == {ADDRESS, USER, COOKIE}
    assert {"forget-0", "forget-3", "deal"} <= {fact["id"] for fact in document["facts"]}
    assert document["lead"]["decisions"]
    assert document["failed_events"][0]["content"]

    removed = json.loads(cli("forget", ADDRESS, "--yes", "--json"))
    stack.wait_idle()
    assert [kind for kind, count in removed.items() if not count] == []
    assert stored(stack) == logged(stack) == set()
    assert set(json.loads(cli("forget", USER, "--yes", "--json")).values()) == {0}

    arrive(stack, told[:-1])
    assert activities(stack, deal).status == 202
    stack.wait_idle()
    assert stack.http.request("GET", f"/v1/leads/{LEAD}").status == 404
    assert stored(stack) == logged(stack) == set()

    consent = cloudevent("consent_given", email=ADDRESS, name="back", time=datetime.now(UTC).isoformat())
    assert activities(stack, consent).status == 202
    stack.wait_idle()
    back = stack.http.get(f"/v1/leads/{LEAD}")
    assert (back["identities"], back["deals"], back["traits"]) == ([{"kind": "email", "value": ADDRESS}], {}, {})
    assert stored(stack) == {ADDRESS}
    assert stack.errors() == before


def arrive(stack, told: list[dict[str, Any]]) -> None:
    for call in told:
        assert segment(stack, call).status == 202
        stack.wait_idle()


def stored(stack) -> set[str]:
    """What a search of every table and every object of the bucket finds."""
    tables = [stack.outputs[f"{name}Table"] for name in ("Activities", "Leads", "Records")]
    pages = [
        page for name in tables for page in stack.clients("dynamodb").get_paginator("scan").paginate(TableName=name)
    ]
    storage, bucket = stack.clients("s3"), stack.outputs["Bucket"]
    listed = [page.get("Contents", []) for page in storage.get_paginator("list_objects_v2").paginate(Bucket=bucket)]
    keys = [each["Key"] for found in listed for each in found]
    bodies = [storage.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
    return named_in(repr([[page["Items"] for page in pages], keys, bodies]))


def logged(stack) -> set[str]:
    """What a search of every log finds; and they are not empty."""
    printed = stack.logs()
    assert "followed" in printed  # nurture, which our stream mapper runs
    assert stack.outputs["EraseFunction"] in printed or "Duration" in printed  # those that the emulator runs
    return named_in(printed) | ({LEAD} if LEAD in printed else set())


def named_in(text: str) -> set[str]:
    return {name for name in PERSONAL if name.casefold() in text.casefold()}
