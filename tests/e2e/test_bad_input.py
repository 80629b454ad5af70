"""Bad input: each kind has its own status and a problem document that names the field and the fix."""

import json

import pytest

from tests.e2e.requests import STRUCTURED, activities, ago, cloudevent, segment, track


def problem(answer) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["detail"]
    assert document["correlation_id"]
    assert "Traceback" not in answer.body.decode()
    return answer.status, document["type"].rpartition(":")[2], document.get("field", "")


EVENT = cloudevent("email_clicked", email="bad@input.example", name="bad-1")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "page_veiwed"}, (422, "unknown-type", "type")),
        ({"subject": None}, (422, "missing-identity", "subject")),
        ({"time": ago(days=-2)}, (422, "time-in-the-future", "time")),
        ({"specversion": "2"}, (422, "malformed-event", "specversion")),
    ],
)
def test_an_activity_that_can_not_be_taken(stack, changes, expected):
    """422, and what to change."""
    assert problem(activities(stack, {**EVENT, **changes})) == expected


def test_an_unknown_type_names_the_nearest(stack):
    """A typo is told, not swallowed."""
    assert "page_viewed" in activities(stack, {**EVENT, "type": "page_veiwed"}).json()["detail"]


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe\x00"])
def test_a_body_that_is_no_json(stack, body):
    """400."""
    answer = stack.http.request("POST", "/v1/activities", body=body, headers={"content-type": STRUCTURED})
    assert problem(answer) == (400, "not-json", "body")


def test_a_wrong_signature_and_a_changed_byte(stack):
    """401, whatever else is wrong with it."""
    call = track("Demo Requested", email="bad@input.example", name="bad-2")
    assert problem(segment(stack, call, secret="other")) == (401, "invalid-signature", "X-Signature")
    body = json.dumps(call).encode()
    for place in (0, len(body) // 2, len(body) - 1):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert problem(segment(stack, call, body=changed)) == (401, "invalid-signature", "X-Signature")


def test_an_unknown_source(stack):
    """404, with the sources that there are."""
    answer = stack.http.request("POST", "/v1/webhooks/fax", body=b"{}", signed=False)
    assert problem(answer) == (404, "unknown-source", "source")
    assert "segment" in answer.json()["detail"]


def test_a_body_over_the_limit(stack):
    """413; above 6 MB the gateway itself answers."""
    big = {**EVENT, "data": {"properties": {"a": "x" * 1_000_001}}}
    assert problem(activities(stack, big)) == (413, "body-too-large", "body")


def test_what_a_vendor_signed_and_we_can_not_understand_is_kept(stack):
    """202, since the vendor can't mend it; the raw bytes are in the bucket, with the reason in the records."""
    call = track("", email="bad@input.example", name="bad-3", type="delete")
    answer = segment(stack, call)
    assert (answer.status, answer.json()["failed"]) == (202, 1)
    bucket = stack.outputs["Bucket"]
    listed = stack.clients("s3").list_objects_v2(Bucket=bucket, Prefix="failed/segment/")["Contents"]
    bodies = [stack.clients("s3").get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed]
    assert json.dumps(call).encode() in bodies
    records = stack.clients("dynamodb").scan(TableName=stack.outputs["RecordsTable"])["Items"]
    assert any("type must be one of" in item.get("reason", {}).get("S", "") for item in records)


def test_one_bad_event_does_not_keep_the_others_of_its_batch_back(stack):
    """202 with the refused ones by their place."""
    answer = activities(stack, [EVENT, {**EVENT, "id": "bad-4", "time": "noon"}])
    assert (answer.status, answer.json()["recorded"]) == (202, 1)
    [refused] = answer.json()["refused"]
    assert (refused["index"], refused["field"]) == (1, "time")


@pytest.mark.parametrize("query", ["?limit=0", "?limit=x", "?stage=buyer", "?next=nothing"])
def test_a_query_that_can_not_be_answered(stack, query):
    """422, naming the parameter."""
    status, kind, field = problem(stack.http.request("GET", f"/v1/leads{query}"))
    assert (status, kind) == (422, "malformed-event")
    assert field in query


def test_a_lead_that_is_not_there(stack):
    """404."""
    assert problem(stack.http.request("GET", "/v1/leads/ld_nobody"))[0] == 404
