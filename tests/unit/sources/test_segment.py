"""Segment: signatures on raw bytes, and calls as activities."""

import hashlib
import hmac
import json

import pytest

from leadlight.problems import MalformedEvent, MissingIdentity, NotJson, UnknownType
from leadlight.sources import InvalidSignature, WebhookRequest, receive, verify
from tests.unit.builders import NOW

SECRET = "abc123"


def signed(body: bytes, *, secret: str = SECRET, header: str = "X-Signature") -> WebhookRequest:
    signature = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
    return WebhookRequest("POST", "https://api.example.com/v1/webhooks/segment", {header: signature}, body)


def call(**changes) -> bytes:
    values = {"type": "track", "event": "Pricing Page Viewed", "messageId": "m-1", "userId": "u-1"}
    return json.dumps({**values, "timestamp": "2026-11-20T10:00:00.123Z", **changes}).encode()


def receive_call(**changes):
    return receive("segment", signed(call(**changes)), secret=SECRET, now=NOW)


def test_a_track_call_is_an_activity_under_its_slug():
    """`Pricing Page Viewed` becomes pricing_page_viewed, at the millisecond that Segment says."""
    [found] = receive_call(properties={"plan": "pro", "nested": {"a": 1}})
    assert (found.type, found.id, found.source) == ("pricing_page_viewed", "m-1", "segment")
    assert found.occurred_at.isoformat() == "2026-11-20T10:00:00.123000+00:00"
    assert found.properties == {"plan": "pro", "nested.a": 1}


def test_identify_gives_traits_under_the_names_that_models_use():
    """title, company.employees and address.country become job_title, company_size and country."""
    traits = {
        "email": "Ada@Example.com ",
        "title": "CTO",
        "company": {"name": "Initech", "employees": 329},
        "address": {"country": "US"},
    }
    [found] = receive_call(type="identify", traits=traits)
    assert found.traits == {"company": "Initech", "company_size": 329, "country": "US", "job_title": "CTO"}
    assert found.identities[0] == ("email", "ada@example.com")


def test_group_describes_the_account():
    """Its name, employees and industry are the account's, which goes by the group and by the domain of its website."""
    traits = {"name": "Initech", "employees": 329, "industry": "SaaS", "website": "https://www.Initech.example/about"}
    [found] = receive_call(type="group", groupId="g", traits=traits)
    assert found.traits == {}
    assert found.account == (("group", "g"), ("domain", "initech.example"))
    known = {name: value for name, value in found.account_traits.items() if name != "company.website"}
    assert known == {"company": "Initech", "company_size": 329, "industry": "SaaS"}


def test_group_without_a_group_is_refused():
    """Nobody could say whose traits they are."""
    with pytest.raises(MalformedEvent, match="groupId"):
        receive_call(type="group", traits={"name": "Initech"})


def test_page_without_a_path_takes_it_from_the_url():
    """A page call with a URL only is still read as a page of the site."""
    [found] = receive_call(type="page", properties={"url": "https://x.example/pricing?a=1"})
    assert (found.type, found.properties["path"]) == ("page_viewed", "/pricing")


@pytest.mark.parametrize("header", ["X-Signature", "x-signature", "X-SIGNATURE"])
def test_headers_come_in_any_case(header):
    """API Gateway lowers the names of headers, Segment does not."""
    verify("segment", signed(call(), header=header), secret=SECRET, now=NOW)


@pytest.mark.parametrize("place", [0, 10, -1])
def test_a_changed_byte_is_refused(place):
    """One changed byte of a signed body, and it is not the vendor's."""
    request = signed(call())
    body = bytearray(request.body)
    body[place] ^= 1
    with pytest.raises(InvalidSignature, match="X-Signature"):
        verify("segment", WebhookRequest("POST", request.url, request.headers, bytes(body)), secret=SECRET, now=NOW)


@pytest.mark.parametrize("signature", ["", "é", "0" * 40])
def test_a_wrong_signature_is_refused(signature):
    """Absent, not ASCII, or of another body."""
    request = WebhookRequest("POST", "https://x.example/", {"x-signature": signature}, call())
    with pytest.raises(InvalidSignature):
        receive("segment", request, secret=SECRET, now=NOW)


def test_a_source_without_a_secret_refuses_everything():
    """An empty secret is never a secret."""
    with pytest.raises(InvalidSignature, match="no secret"):
        receive("segment", signed(call(), secret=""), secret="", now=NOW)


def test_a_batch_counts_as_signed_by_its_first_event():
    """Segment signs only the first event of a batch."""
    first = b'{"messageId":"m-1","type":"track","event":"A","userId":"u"}'
    body = b"[" + first + b"," + first.replace(b"m-1", b"m-2") + b"]"
    headers = {"X-Signature": hmac.new(SECRET.encode(), first, hashlib.sha1).hexdigest()}
    found = receive("segment", WebhookRequest("POST", "https://x.example/", headers, body), secret=SECRET, now=NOW)
    assert [each.id for each in found] == ["m-1", "m-2"]


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"type": "delete"}, UnknownType, "type"),
        ({"messageId": None}, MalformedEvent, "messageId"),
        ({"event": ""}, MalformedEvent, "event"),
        ({"timestamp": "yesterday"}, MalformedEvent, "timestamp"),
        ({"timestamp": 1}, MalformedEvent, "timestamp"),
        ({"properties": []}, MalformedEvent, "properties"),
        ({"userId": None}, MissingIdentity, "userId"),
        ({"timestamp": "2026-11-23T00:00:00Z"}, MalformedEvent, "time"),
        ({"timestamp": "1969-12-31T00:00:00Z"}, MalformedEvent, "timestamp"),
    ],
)
def test_what_can_not_be_understood_names_the_field(changes, error, field):
    """Genuine and wrong: the error says which field."""
    with pytest.raises(error) as found:
        receive_call(**changes)
    assert found.value.field == field


def test_a_url_that_is_none_is_told():
    """It does not end the batch."""
    with pytest.raises(MalformedEvent, match="no URL"):
        receive_call(type="page", properties={"url": "http://[x"})


@pytest.mark.parametrize("body", [b"[", b"[x", b"[1,"])
def test_what_nobody_signed_is_refused_before_it_is_read(body):
    """401, not what is wrong with the JSON."""
    with pytest.raises(InvalidSignature):
        verify("segment", WebhookRequest("POST", "https://x.example/", {}, body), secret=SECRET, now=NOW)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"nope"])
def test_a_body_that_is_no_json(body):
    """Signed or not, it says so."""
    with pytest.raises(NotJson):
        receive("segment", signed(body), secret=SECRET, now=NOW)


def test_numbers_as_ids_are_taken_as_text():
    """Tools send ids both ways: 7 and "7" are the same user."""
    assert receive_call(userId=7)[0].identities == receive_call(userId="7")[0].identities


def test_an_alias_names_both_who_it_was_and_who_it_is():
    """Segment takes an anonymous id or a user id as the previous one: both are meant."""
    [found] = receive_call(type="alias", previousId="old", userId="new")
    assert set(found.identities) == {("user", "new"), ("user", "old"), ("anonymous", "old")}


def test_an_address_as_a_user_id_is_an_address():
    """It names one lead, not two."""
    [found] = receive_call(userId="Ada@Example.com", anonymousId="a1")
    assert found.identities == (("email", "ada@example.com"), ("anonymous", "a1"))
