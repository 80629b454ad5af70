"""merge, unmerge, shared: each saying becomes a fact that names the identities."""

import json

import pytest

from leadlight.activity import Identity, lead_id_of
from tests.unit.cli.local_api import LocalApi, Request


def said(api: LocalApi) -> list[tuple[str, list[str]]]:
    """The types and identities of what was posted."""
    bodies = [json.loads(request.body) for request in api.requests if request.path == "/v1/activities"]
    return [
        (event["type"], [each["value"] for each in event["data"]["lead"]["identities"]])
        for body in bodies
        for event in body
    ]


def test_merge_says_that_two_identities_are_one_person(cli, api: LocalApi) -> None:
    """An address, or kind:value."""
    assert cli("merge", "Ada@acme.com", "user:42").exit_code == 0
    assert said(api) == [("identities_merged", ["ada@acme.com", "42"])]
    [fact] = api.stored.values()
    assert fact.lead_id == lead_id_of(Identity("user", "42"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("merge", "a@b.co", "A@b.co"), "the same identity"),
        (("merge", "a@b.co", "42"), "give an address, or kind:value"),
    ],
)
def test_what_cannot_be_merged_is_said(cli, api: LocalApi, arguments: tuple[str, ...], message: str) -> None:
    """Before anything is sent."""
    result = cli(*arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert not api.requests


def test_shared_marks_an_identity_and_takes_it_back(cli, api: LocalApi) -> None:
    """A fact each time; the latest counts."""
    assert "nobody's own" in cli("shared", "info@acme.com").output
    assert "one person's own" in cli("shared", "info@acme.com", "--personal").output
    assert [kind for kind, _ in said(api)] == ["identity_shared", "identity_personal"]


def test_unmerge_says_apart_whatever_holds_a_lead(cli, api: LocalApi) -> None:
    """The API tells the pairs; a lead that is merged into none is told so."""
    lead_id = lead_id_of(Identity("user", "42"))
    pair = [{"kind": "user", "value": "42"}, {"kind": "email", "value": "a@b.co"}]
    merged = [{"lead_id": "ld_x", "kind": "anonymous", "value": "c1"}]

    def links(root: str):
        def answer(request: Request):
            if request.path != f"/v1/leads/{lead_id}/links":
                return None
            body = {"lead_id": lead_id, "root": root, "merged": merged, "separate": [pair]}
            return 200, {"content-type": "application/json"}, json.dumps(body).encode()

        return answer

    api.first = links("ld_other")
    assert "user:42 and a@b.co are not the same person" in cli("unmerge", "user:42").output
    assert said(api) == [("identities_separated", ["42", "a@b.co"])]
    api.first = links(lead_id)
    refused = cli("unmerge", lead_id)
    assert refused.exit_code == 1
    assert "merged into it: anonymous:c1" in refused.output
