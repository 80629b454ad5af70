"""CloudEvents 1.0: structured, binary, batch; a bearer token as a webhook."""

import json

import pytest

from leadlight.problems import MalformedEvent, MissingIdentity
from leadlight.sources import InvalidSignature, WebhookRequest, receive, verify
from leadlight.sources.cloudevents import BATCH, STRUCTURED
from tests.unit.builders import NOW, cloudevent

URL = "https://api.example.com/v1/webhooks/cloudevents"


def request(body, *, content_type=STRUCTURED, url=URL, **headers) -> WebhookRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WebhookRequest("POST", url, {"content-type": content_type, "authorization": "Bearer s3", **named}, raw)


def read(body, **options):
    return receive("cloudevents", request(body, **options), secret="s3", now=NOW)


def test_structured_binary_and_batch_say_the_same():
    """The content mode does not change what was said."""
    event = cloudevent(data={"traits": {"title": "CTO"}, "properties": {"page": "/a"}})
    attributes = {f"ce_{name}": value for name, value in event.items() if name != "data"}
    structured = read(event)
    assert structured == read(event["data"], content_type="application/json; charset=utf-8", **attributes)
    assert structured == read([event], content_type=BATCH)
    assert structured[0].traits == {"job_title": "CTO"}
    assert structured[0].properties == {"page": "/a"}


def test_every_way_to_name_a_lead():
    """Subject and data.lead together, the strongest first when the lead is chosen."""
    lead = {"email": "Ada@Example.com", "user_id": 7, "anonymous_id": "x", "ids": {"hubspot": "123"}}
    [found] = read(cloudevent(subject="u-1", data={"lead": lead}))
    assert set(found.identities) == {
        ("email", "ada@example.com"),
        ("user", "u-1"),
        ("user", "7"),
        ("anonymous", "x"),
        ("hubspot", "123"),
    }


def test_data_in_base64():
    """JSON in data_base64 is data."""
    event = cloudevent(data_base64="eyJwcm9wZXJ0aWVzIjogeyJhIjogMX19")
    del event["data"]
    assert read(event)[0].properties == {"a": 1}


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"specversion": "0.3"}, MalformedEvent, "specversion"),
        ({"id": ""}, MalformedEvent, "id"),
        ({"source": None}, MalformedEvent, "source"),
        ({"type": 1.5}, MalformedEvent, "type"),
        ({"time": "noon"}, MalformedEvent, "time"),
        ({"subject": None}, MissingIdentity, "subject"),
        ({"data_base64": "e30="}, MalformedEvent, "data_base64"),
        ({"data": {"lead": {"email": "nobody"}}}, MalformedEvent, "data.lead.email"),
        ({"data": {"traits": 3}}, MalformedEvent, "data.traits"),
        ({"type": "deal_won"}, MalformedEvent, "properties.deal_id"),
        (
            {"type": "deal_won", "data": {"properties": {"deal_id": 1, "amount": "much"}}},
            MalformedEvent,
            "properties.amount",
        ),
        (
            {"type": "handoff_rejected", "data": {"properties": {"handoff_id": "x"}}},
            MalformedEvent,
            "properties.reason",
        ),
        ({"data": {"properties": {str(n): n for n in range(65)}}}, MalformedEvent, "data.properties"),
        ({"data": {"lead": {"ids": {"email": "Ada@Example.com"}}}}, MalformedEvent, "data.lead.ids"),
        ({"data": {"lead": {"ids": {str(n): n for n in range(17)}}}}, MalformedEvent, "data.lead.ids"),
        ({"data": {"properties": {"x" * 513: 1}}}, MalformedEvent, "data.properties"),
        ({"data": {"properties": {"big": 2**63}}}, MalformedEvent, "data.properties.big"),
        *(
            (
                {"type": "deal_won", "data": {"properties": {"deal_id": 1, "amount": n}}},
                MalformedEvent,
                "properties.amount",
            )
            for n in ("nan", "inf", 10**12 + 1, -(10**12) - 1)
        ),
    ],
)
def test_what_can_not_be_understood_names_the_field(changes, error, field):
    """The error says which field, found what, and the fix."""
    with pytest.raises(error) as found:
        read(cloudevent(**changes))
    assert found.value.field == field


def test_a_batch_must_be_an_array():
    """The content type promises one."""
    with pytest.raises(MalformedEvent, match="array"):
        read(cloudevent(), content_type=BATCH)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer other", "Basic s3", "s3"])
def test_another_token_is_refused(authorization):
    """Nothing but the secret lets one in."""
    with pytest.raises(InvalidSignature, match="Authorization"):
        verify("cloudevents", request(cloudevent(), authorization=authorization), secret="s3", now=NOW)


def test_the_token_may_stand_in_the_url():
    """The CloudEvents webhook specification allows access_token in the query."""
    verify("cloudevents", request(b"{}", url=URL + "?access_token=s3", authorization=""), secret="s3", now=NOW)
