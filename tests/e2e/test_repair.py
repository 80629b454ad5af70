"""On the deployed stack, with IAM enforced: what failed is replayed, what was left behind comes back, and it adds up."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from leadlight.activity import Identity, lead_id_of
from tests.e2e.operator import operator
from tests.e2e.requests import activities, cloudevent, segment, track
from tests.e2e.test_access import rescore_role, without

ADDRESS = "maria@repair-e2e.example"
LEAD = lead_id_of(Identity("email", ADDRESS))


def put_right(stack, failed_id: str) -> None:
    """The cause is mended: here by the bytes, since the deployed translators are right."""
    day, source, name = failed_id.split(".")
    bucket, place = stack.outputs["Bucket"], f"failed/{source}/{day}/{name}"
    body = json.loads(stack.clients("s3").get_object(Bucket=bucket, Key=place)["Body"].read())
    mended = json.dumps({**body, "type": "track"}).encode()
    stack.clients("s3").put_object(Bucket=bucket, Key=place, Body=mended)


def test_a_failed_webhook_is_replayed_and_counts_once(stack_enforced) -> None:
    """Kept, listed, shown, failing again, mended, replayed twice."""
    cli = operator(stack_enforced)
    call = track("Demo Requested", email=ADDRESS, name="repair-1", type="trakc", back=timedelta(minutes=5))
    assert segment(stack_enforced, call).json()["failed"] == 1
    listed = [json.loads(line) for line in cli("failed", "list", "--reason", "trakc", "--json").splitlines()]
    [failed_id] = [each["id"] for each in listed]
    assert json.loads(json.loads(cli("failed", "show", failed_id))["body"])["messageId"] == "repair-1"
    answer = stack_enforced.http.request("POST", f"/v1/failed-events/{failed_id}/replay").json()
    assert (answer["replayed"], "unknown-type" in answer["reason"]) == (False, True)
    put_right(stack_enforced, failed_id)
    assert cli("failed", "replay", "--reason", "trakc") == "replayed 1, failed again 0, facts 1\n"
    assert cli("failed", "replay", failed_id) == "replayed 1, failed again 0, facts 1\n"
    stack_enforced.wait_idle()
    lead = stack_enforced.http.get(f"/v1/leads/{LEAD}")
    assert [sum(days.values()) for days in lead["activity_by_day"].values()] == [1]
    assert failed_id not in cli("failed", "list")
    assert f"{LEAD} version" in cli("state", ADDRESS)
    assert "0 differ" in cli("audit", ADDRESS)
    assert "nothing differs" in cli("rebuild", ADDRESS)


def test_a_batch_that_was_given_up_comes_back(stack_enforced) -> None:
    """Rescore may not save for a while and the stream gives up; the bucket holds the batch, redrive brings it in."""
    stack, cli = stack_enforced, operator(stack_enforced)
    address = "given-up@repair-e2e.example"
    lead_id = lead_id_of(Identity("email", address))
    mapper = stack.mappers["rescore"]
    rules = mapper.rules
    iam, name = stack.clients("iam"), rescore_role(stack)
    [policy] = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    mapper.rules = impatient(rules)
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=without(document, "dynamodb:PutItem"))
    given_up = len(mapper.given_up)
    try:
        assert activities(stack, cloudevent("demo_requested", email=address, name="given-up")).status == 202
        stack.wait_idle()
    finally:
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=without(document))
        mapper.rules = rules
    assert len(mapper.given_up) > given_up
    assert stack.http.request("GET", f"/v1/leads/{lead_id}").status == 404

    told = redriven(cli("redrive"))
    assert (told["batches"] >= 1, told["left"]) == (True, 0)
    stack.wait_idle()
    assert stack.http.get(f"/v1/leads/{lead_id}")["score"] > 0
    assert set(redriven(cli("redrive")).values()) == {0}
    assert mapper.errors
    mapper.errors.clear()


def test_a_dead_letter_is_followed(stack_enforced) -> None:
    """An event of the bus that nurture never took: the lead is in its campaign after redrive."""
    stack, cli = stack_enforced, operator(stack_enforced)
    sqs = stack.clients("sqs")
    [url] = [url for url in sqs.list_queues()["QueueUrls"] if "FailuresNurture" in url]
    address = "letter@repair-e2e.example"
    lead_id = lead_id_of(Identity("email", address))
    event = cloudevent("content_downloaded", email=address, name="letter", data={"traits": {"company_size": 100}})
    assert activities(stack, event).status == 202
    stack.wait_idle()
    assert stack.http.get(f"/v1/leads/{lead_id}")["nurture"]
    decision = next(event for event in stack.events("Lead Scored") if event.detail["lead_id"] == lead_id)
    stack.clients("dynamodb").delete_item(
        TableName=stack.outputs["LeadsTable"], Key={"lead_id": {"S": lead_id}, "item": {"S": "nurture"}}
    )
    assert not stack.http.get(f"/v1/leads/{lead_id}")["nurture"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"detail": decision.detail}))
    assert redriven(cli("redrive"))["letters"] == 1
    stack.wait_idle()
    assert stack.http.get(f"/v1/leads/{lead_id}")["nurture"]


def test_in_the_end_everything_adds_up(stack_enforced) -> None:
    """Every lead of the stack, whatever other tests did to it: no difference, and no activity unaccounted for."""
    people = ("one@adds-up-e2e.example", "two@adds-up-e2e.example")
    events = [cloudevent("demo_requested", email=person, name=person) for person in people]
    assert activities(stack_enforced, events).status == 202
    stack_enforced.wait_idle()
    told = json.loads(operator(stack_enforced)("audit", "--all", "--json"))
    assert (told["differing"], told["leads"] >= 2) == ([], True)
    facts = told["facts"]
    assert facts["recorded"] == facts["counted"] + facts["set_aside"] + facts["expired"] > 0
    sample = json.loads(operator(stack_enforced)("audit", "--sample", 2, "--json"))
    assert (sample["leads"], sample["differing"]) == (2, [])


def redriven(output: str) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r"(\w+) (\d+)", output)}


def impatient(rules: Any) -> Any:
    """One attempt, and the stream gives up."""
    return replace(rules, retries=0)
