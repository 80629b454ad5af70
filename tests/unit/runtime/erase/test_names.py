"""What of a raw document is a person's: found where it stands, and nobody else's taken for it."""

import json
from typing import Any

import pytest

from leadlight.activity import Identity
from leadlight.runtime.erase.names import Names

ADA = Names(
    [
        Identity("email", "ada@acme.com"),
        Identity("user", "42"),
        Identity("anonymous", "A-55-Cookie"),
        Identity("crm", "10510099"),
    ],
    ["ld_ada"],
)


def theirs(document: Any) -> bool:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return bool(ADA.part(raw).theirs)


@pytest.mark.parametrize(
    "document",
    [
        {"context": {"traits": {"email": " ADA@Acme.com "}}},
        {"text": "please call ada@acme.com, soon"},
        {"url": "https://x.example/?e=ada%40acme.com"},
        {"userId": 42},
        {"user_id": "42"},
        {"previousId": "42"},
        {"subject": " 42 "},
        {"lead": {"ids": {"crm": 10510099}}},
        {"lead": {"identities": [{"kind": "user", "value": "42"}]}},
        {"dynamodb": {"NewImage": {"body": {"S": json.dumps({"identities": [["user", "42"]]})}}}},
        {"anonymousId": "a-55-cookie"},
        {"dynamodb": {"NewImage": {"body": {"S": json.dumps({"identities": [["email", "ada@acme.com"]]})}}}},
        {"dynamodb": {"Keys": {"lead_id": {"S": "ld_ada"}}}},
        {"ada@acme.com": 1},
        b'{"userId": "42", "broken", "email": "ada@acme.com"',
        b"\xff\xfe ada@acme.com",
    ],
)
def test_a_person_is_found_however_they_are_named(document):
    """In any case, encoded, inside strings that are JSON, as a key, in what is no JSON at all."""
    assert theirs(document)


@pytest.mark.parametrize(
    "document",
    [
        {"email": "bada@acme.com"},
        {"email": "ada@acme.com.example"},
        {"count": 42},
        {"properties": {"form_id": 42, "campaign_id": "42", "total": 10510099, "order": "10510099"}},
        {"anonymousId": "42"},
        {"userId": "10510099"},
        {"ids": {"hubspot": "10510099"}},
        {"kind": "crm", "value": "42"},
        {"identities": [["crm", "42"]]},
        {"email": "ada+news@acme.com"},
        {"page": "42"},
        {"userId": "421"},
        {"lead": "ld_adam"},
        b"user 42",
        [],
        None,
    ],
)
def test_nobody_else_is_taken_for_them(document):
    """A short id is theirs only where an id stands; a name within another name is another name."""
    assert not theirs(document)


@pytest.mark.parametrize(("address", "named"), [("ADA+news@acme.com", True), ("bada+x@acme.com", False)])
def test_a_tagged_address_names_them_where_tags_are_folded(address, named):
    """As it stands, and encoded."""
    names = Names([Identity("email", "ada@acme.com")], [], fold_tags=True)
    assert names.in_text(f"write to {address}!") is named
    assert names.in_text(f"?e={address.replace('+', '%2B').replace('@', '%40')}") is named
    assert not names.in_text("ada+x mailed bob@acme.com")


def listed(events: list[Any]) -> Any:
    return events


def batched(events: list[Any]) -> Any:
    return {"batch": events, "sentAt": "now"}


def given_up(events: list[Any]) -> Any:
    return {"version": "1.0", "payload": json.dumps({"Records": events}, separators=(",", ":"))}


@pytest.mark.parametrize("wrap", [listed, batched, given_up])
def test_of_a_batch_only_their_events_go(wrap):
    """What is others' stays as it was, wherever a vendor, or Lambda, puts its list."""
    mine, other = {"userId": "42"}, {"userId": "43"}
    rest, found = ADA.part(json.dumps(wrap([mine, other])).encode())
    assert (json.loads(rest), found) == (wrap([other]), [mine])
    assert ADA.part(json.dumps(wrap([mine])).encode()) == (None, [mine])


def test_of_a_stream_the_keys_of_others_stay():
    """Which name nobody: without them the other lead would never count its fact."""

    def record(lead_id: str, of: str) -> dict[str, Any]:
        keys = {"lead_id": {"S": lead_id}, "key": {"S": f"activity#{of}"}}
        image = {**keys, "body": {"S": json.dumps({"identities": [["user", "42"]]})}}
        return {"eventName": "INSERT", "dynamodb": {"Keys": keys, "SequenceNumber": "7", "NewImage": image}}

    theirs = [record("ld_other", "a"), record("ld_ada", "b"), record("ld_other", "ld_ada")]
    rest, found = ADA.part(json.dumps(given_up(theirs)).encode())
    assert found == theirs
    bare = {name: part for name, part in theirs[0]["dynamodb"].items() if name != "NewImage"}
    assert json.loads(rest) == given_up([{"eventName": "INSERT", "dynamodb": bare}])
    rest, _ = ADA.part(json.dumps(theirs[0]).encode())
    assert json.loads(rest) == {"eventName": "INSERT", "dynamodb": bare}
    assert ADA.part(json.dumps(theirs[1]).encode()).rest is None


def test_a_document_that_names_them_beside_its_list_goes_whole():
    """And one that does not name them stays byte for byte."""
    whole = {"batch": [{"userId": "43"}], "userId": "42"}
    assert ADA.part(json.dumps(whole).encode()) == (None, [whole])
    untouched = b'{"batch" : [ {"userId":"43"} ]}'
    assert ADA.part(untouched) == (untouched, [])
