"""With IAM enforced: the main job works with the grants that the functions have, and with none fewer."""

import json
import time
from datetime import timedelta

import pytest

from leadlight.activity.identity import email as email_identity
from leadlight.activity.identity import lead_id_of
from tests.e2e.requests import activities, cloudevent, segment, track

JSON_BODY = {"content-type": "application/json"}


def post(stack, address: str) -> str:
    call = track("Email Clicked", email=address, name=f"{address}-1", back=timedelta(minutes=2))
    assert segment(stack, call).status == 202
    event = cloudevent("content_downloaded", email=address, name=f"{address}-2", data={"traits": {"company_size": 100}})
    assert activities(stack, event).status == 202
    return lead_id_of(email_identity(address))


def test_the_main_job_works_with_these_grants(stack_enforced):
    """Webhook to score to event to KPI, and a failed event kept, each call checked against its caller's role."""
    lead_id = post(stack_enforced, "granted@access.example")
    assert segment(stack_enforced, track("", email="a@b.example", name="x", type="delete")).json()["failed"] == 1
    stack_enforced.wait_idle()
    assert stack_enforced.errors() == []
    assert stack_enforced.http.get(f"/v1/leads/{lead_id}")["nurture"]
    assert stack_enforced.events("Lead Scored")
    assert stack_enforced.http.get("/v1/leads")["leads"]
    assert stack_enforced.http.request("POST", "/v1/kpis/rollups").status == 202
    stack_enforced.wait_idle()
    assert stack_enforced.http.get("/v1/kpis")["as_of"]


def test_publishing_works_with_these_grants(stack_enforced):
    """A draft, a release, the pages of its run, and the nightly call."""
    post(stack_enforced, "published@access.example")
    stack_enforced.wait_idle()
    documents = stack_enforced.http.get("/v1/models/0")
    documents["models"][0] |= {"version": 7, "announce_change": 11}
    body = json.dumps(documents).encode()
    version = stack_enforced.http.request("POST", "/v1/models", body=body, headers=JSON_BODY).json()["version"]
    assert stack_enforced.http.get(f"/v1/models/{version}/effect")["sampled"] >= 1
    ask, path = json.dumps({"after": 0, "rate": 500}).encode(), f"/v1/models/{version}/publish"
    assert stack_enforced.http.request("POST", path, body=ask, headers=JSON_BODY).status == 202
    deadline = time.monotonic() + 60
    while not (run := stack_enforced.http.get("/v1/models")["runs"]["publish"])["done"]:
        assert time.monotonic() < deadline, run
        time.sleep(0.3)
    assert run["written"] >= 1
    assert stack_enforced.invoke("sweep", {}) == {"segments": 8}
    assert stack_enforced.events("Model Published")


@pytest.mark.parametrize("path", ["/v1/leads", "/v1/leads/ld_a", "/v1/kpis"])
def test_nobody_reads_without_a_signature(stack_enforced, path):
    """Every route but health and webhooks is authorized."""
    assert stack_enforced.http.request("GET", path, signed=False).status == 403
    assert stack_enforced.http.request("GET", "/v1/health", signed=False).status == 200


def test_nobody_posts_activities_without_a_signature(stack_enforced):
    """Activities are facts: they come from those who may."""
    event = cloudevent("email_clicked", email="anybody@access.example", name="any-1")
    assert activities(stack_enforced, event, signed=False).status == 403


def test_a_removed_grant_makes_it_fail(stack_enforced):
    """Without PutItem on the leads table, rescore saves nothing; the record is not lost, and goes through later."""
    iam, name = stack_enforced.clients("iam"), rescore_role(stack_enforced)
    [policy] = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=without(document, "dynamodb:PutItem"))
    try:
        lead_id = post(stack_enforced, "denied@access.example")
        with pytest.raises(TimeoutError):
            stack_enforced.wait_idle(timeout=3)
        assert stack_enforced.http.request("GET", f"/v1/leads/{lead_id}").status == 404
    finally:
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=without(document))
    stack_enforced.wait_idle()
    assert stack_enforced.http.get(f"/v1/leads/{lead_id}")["score"] > 0


def rescore_role(stack) -> str:
    function = stack.clients("lambda").get_function_configuration(FunctionName=stack.outputs["RescoreFunction"])
    return function["Role"].rpartition("/")[2]


def without(document: dict, *actions: str) -> str:
    statements = [
        {**statement, "Action": [action for action in listed(statement["Action"]) if action not in actions]}
        for statement in document["Statement"]
    ]
    return json.dumps({**document, "Statement": [statement for statement in statements if statement["Action"]]})


def listed(actions) -> list[str]:
    return [actions] if isinstance(actions, str) else actions
