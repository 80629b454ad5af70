"""`leadlight forget` and `leadlight export`: asked for page by page, until it is done."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from leadlight.activity import Identity, Kind, lead_id_of
from tests.unit.cli.local_api import Answer, LocalApi, Request

ADA = lead_id_of(Identity("email", "ada@acme.com"))
KINDS = ("facts", "states")


def json_answer(document: Any) -> Answer:
    return 200, {"content-type": "application/json"}, json.dumps(document).encode()


@pytest.fixture
def erasing(api: LocalApi) -> LocalApi:
    """A stack that needs three requests to forget anybody, and three to export."""
    cursors = {"": "bodies:failed/a", "bodies:failed/a": "leads:ld_x", "leads:ld_x": None}
    pages: dict[str, dict[str, Any]] = {
        "": {"lead_id": ADA, "merged": [], "identities": [], "lead": {"score": 1}, "decisions": [], "next": "facts:1"},
        "facts:1": {"facts": [{"id": "a"}], "links": [], "next": "bodies:"},
        "bodies:": {"failed_events": [{"place": "p"}], "next": None},
    }

    def first(request: Request) -> Answer | None:
        cursor = request.query.get("next", "")
        if request.path.endswith("/forget"):
            following = cursors[cursor]
            removed = {"facts": 3, "states": 0 if following else 1}
            return json_answer({"done": following is None, "next": following, "removed": removed})
        return json_answer(pages[cursor]) if request.path.endswith("/export") else None

    api.first = first
    return api


def test_forget_goes_on_until_it_is_done(cli, erasing):
    """And says what was removed, by kind; what the operator typed goes along, for what names them elsewhere."""
    result = cli("forget", "ada@acme.com", "--yes")
    assert (result.exit_code, result.output) == (0, "removed: facts 9, states 1\n")
    posts = [request for request in erasing.requests if request.method == "POST"]
    assert [request.query.get("next") for request in posts] == [None, "bodies:failed/a", "leads:ld_x"]
    assert {request.path for request in posts} == {f"/v1/leads/{ADA}/forget"}
    named = ["email:ada@acme.com", "user:ada@acme.com"]
    assert all(json.loads(request.body) == {"identities": named} for request in posts)


def test_forget_asks_first(cli, erasing):
    """No, and anything but yes, erases nothing."""
    for answer in (b"n\n", b"\n"):
        result = cli("forget", "ada@acme.com", stdin=answer)
        assert result.exit_code == 1
        assert "can't be undone" in result.stderr
    assert not [request for request in erasing.requests if request.method == "POST"]
    assert cli("forget", "ada@acme.com", "--json", stdin=b"y\n").stdout == '{"facts":9,"states":1}\n'


def test_an_export_is_one_document(cli, erasing, tmp_path: Path):
    """On standard output, or in a file."""
    whole = json.loads(cli("export", "ada@acme.com").stdout)
    assert (whole["lead_id"], whole["facts"], whole["failed_events"]) == (ADA, [{"id": "a"}], [{"place": "p"}])
    assert "next" not in whole
    out = tmp_path / "ada.json"
    assert cli("export", ADA, "--out", out).output == f"1 facts, 1 failed events: {out}\n"
    assert json.loads(out.read_text()) == whole
    assert cli("export", ADA, "--out", tmp_path / "none" / "ada.json").exit_code == 2


def test_an_export_of_nobody_says_so(cli, api):
    """Exit code 1."""
    nobody = {"lead_id": ADA, "lead": None, "facts": [], "failed_events": [], "next": None}
    api.first = lambda request: json_answer(nobody) if request.path.endswith("/export") else None
    result = cli("export", "ada@acme.com")
    assert (result.exit_code, "nothing is held" in result.output) == (1, True)


def test_to_forget_nobody_says_so(cli, api):
    """And is no failure: what was asked for is so."""
    nothing = {"done": True, "next": None, "removed": dict.fromkeys(KINDS, 0)}
    api.first = lambda request: json_answer(nothing) if request.path.endswith("/forget") else None
    result = cli("forget", "ada@acme.com", "--yes")
    assert (result.exit_code, result.output) == (0, "nothing is held about ada@acme.com\n")
    assert cli("forget", "ada@acme.com", "--yes", "--json").stdout == '{"facts":0,"states":0}\n'


@pytest.mark.parametrize(("fold", "asked"), [(True, ADA), (False, lead_id_of(Identity("email", "ada+news@acme.com")))])
def test_a_tagged_address_is_whom_the_stack_takes_it_for(cli, erasing, fold, asked):
    """Without its tag, where the stack folds those."""
    erasing.fold_plus_tags = fold
    cli("merge", "ada@acme.com", "user:42")
    erasing.stored.update(
        ((ADA, fact.key), replace(fact, lead_id=ADA, kind=Kind.ACTIVITY)) for fact in list(erasing.stored.values())
    )
    assert cli("forget", "ada+news@acme.com", "--yes").exit_code == 0
    assert {request.path for request in erasing.requests if request.path.endswith("/forget")} == {
        f"/v1/leads/{asked}/forget"
    }
