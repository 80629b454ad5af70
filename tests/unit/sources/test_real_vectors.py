"""Every Segment vector and CloudEvents example of the real webhook material gets its verdict."""

import json
from pathlib import Path

import pytest

from leadlight.problems import MalformedEvent, MissingIdentity
from leadlight.sources import SOURCES, InvalidSignature, WebhookRequest, checked, verify
from tests.unit.builders import NOW


@pytest.fixture
def webhooks(real_data) -> Path:
    return real_data / "webhooks"


def of(vector) -> WebhookRequest:
    url = vector.get("url", "https://api.example.com/v1/webhooks/segment")
    return WebhookRequest(vector.get("method", "POST"), url, vector["headers"], vector["body"].encode())


def test_segment_vectors(webhooks):
    """Each is accepted or rejected as its vendor would, and a changed byte is always refused."""
    vectors = json.loads((webhooks / "segment" / "vectors.json").read_text())
    assert vectors
    for vector in vectors:
        if vector["expected"] == "accept":
            verify("segment", of(vector), secret=vector["secret"], now=NOW)
            for place in range(len(vector["body"])):
                body = vector["body"][:place] + chr(ord(vector["body"][place]) ^ 1) + vector["body"][place + 1 :]
                with pytest.raises(InvalidSignature):
                    verify("segment", of({**vector, "body": body}), secret=vector["secret"], now=NOW)
        else:
            with pytest.raises(InvalidSignature):
                verify("segment", of(vector), secret=vector["secret"], now=NOW)


VERDICTS = {
    "payload_track.json": "course_clicked",
    "payload_page.json": "page_viewed",
    "payload_identify.json": "lead_identified",
    "payload_group.json": MalformedEvent,  # an excerpt of the docs: no messageId, no user
    "json_format_example_0.json": MissingIdentity,
    "json_format_example_1.json": MissingIdentity,
    "json_format_example_2.json": MissingIdentity,
    "json_format_example_3.json": MissingIdentity,
    "json_format_example_4.json": MissingIdentity,
    "json_format_example_5.json": MissingIdentity,
}


@pytest.mark.parametrize("name", VERDICTS)
def test_real_payloads(webhooks, name):
    """Understood, or turned away for the reason that a person would give."""
    source = "segment" if name.startswith("payload") else "cloudevents"
    body = (webhooks / source / name).read_bytes()
    request = WebhookRequest("POST", "https://x.example/", {"content-type": "application/json"}, body)

    def understood():
        return [checked(SOURCES[source].activity(event), now=NOW) for event in SOURCES[source].events(request)]

    verdict = VERDICTS[name]
    if isinstance(verdict, str):
        [found] = understood()
        assert found.type == verdict
        assert found.occurred_at.year == 2015
    else:
        with pytest.raises(verdict):
            understood()


def test_every_payload_has_a_verdict(webhooks):
    """New material does not slip by."""
    folders = (webhooks / "segment", webhooks / "cloudevents")
    found = {path.name for folder in folders for path in folder.glob("*.json")}
    assert found - set(VERDICTS) == {"SOURCE.json", "vectors.json", "webhook_validation.json"}
