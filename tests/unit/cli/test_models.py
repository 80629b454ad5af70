"""draft, publish, rollback and models: what the operator sees, is asked, and sends."""

import json

import msgspec
import pytest

from leadlight.model import encode
from leadlight.model.document import DEFAULT_MODEL, read_documents
from tests.unit.cli.local_api import Answer, Request, problem

RUN = {
    "run": "publish-1",
    "begun_at": "2026-11-21T12:00:00.000Z",
    "leads_from": "2026-11-21T12:01:30.000Z",
    "done": False,
    "segments": 4,
    "segments_done": 1,
    "seen": 250,
    "written": 200,
    "decided": 3,
}
EFFECT = {"release": 1, "sampled": 900, "higher": 500, "lower": 100, "same": 300, "farthest": 12}


class Stack:
    """Answers as a stack with one retired, one published version and one draft."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.run = dict(RUN)
        self.shipped = read_documents()
        model = msgspec.structs.replace(self.shipped.model, version=2, announce_change=20)
        self.draft = msgspec.structs.replace(self.shipped, models=(model,))

    def __call__(self, request: Request) -> Answer | None:
        if request.method == "POST":
            self.sent.append((request.path, request.body))
        match request.method, request.path.removeprefix("/v1/models"):
            case "GET", "":
                states = ("retired", "published", "draft")
                versions = [
                    {"version": n, "state": state, "models": [f"b2b-saas@{n}"], "catalogue": 1, "published_at": None}
                    for n, state in enumerate(states)
                ]
                listed = {"release": {"number": 1, "version": 1}, "versions": versions, "runs": {"publish": self.run}}
                self.run = {**self.run, "done": True, "seen": 1000}
                return problem(200, **listed, leads=1000)
            case "POST", "":
                return problem(201, version=2, models=["b2b-saas@2"], catalogue=1)
            case "GET", "/2/effect" | "/0/effect":
                return problem(200, **EFFECT, grades={"B to A": 7}, from_facts=False)
            case "GET", "/2":
                return 200, {"content-type": "application/json"}, encode(self.draft)
            case "GET", "/1" | "/0":
                return 200, {"content-type": "application/json"}, encode(self.shipped)
            case "POST", "/resume":
                return problem(202, run="publish-1")
            case "POST", _:
                return problem(202, release={"number": 2}, run="publish-2")
        return None


@pytest.fixture
def stack(api) -> Stack:
    api.first = Stack()
    return api.first


def test_a_draft_is_checked_and_sent(cli, stack) -> None:
    """In the form that functions read; what is wrong is told and not sent."""
    assert "version 2: b2b-saas@2, catalogue 1" in cli("draft", DEFAULT_MODEL).output
    assert stack.sent == [("/v1/models", encode(read_documents()))]


def test_a_broken_model_is_not_sent(cli, stack, tmp_path) -> None:
    """With its line, as `validate` says it."""
    broken = tmp_path / "m.yaml"
    broken.write_text("model: x\n")
    result = cli("draft", broken)
    assert (result.exit_code, stack.sent) == (1, [])
    assert "m.yaml:" in result.output


def test_publishing_shows_what_changes_and_asks(cli, stack) -> None:
    """In words, and over a sample of the leads; nothing is sent without a yes."""
    refused = cli("publish", stdin=b"n\n")
    assert (refused.exit_code, stack.sent) == (1, [])
    assert "announce change from 10 to 20" in refused.output
    assert "900 leads sampled: 500 higher, 100 lower, 300 the same; farthest by 12 points" in refused.output
    assert "Publish version 2 and rescore every lead at 500 per second, announcing nothing?" in refused.output
    done = cli("publish", "--rate", 50, "--announce", "stages, hand-offs", stdin=b"y\n")
    assert "release 2: version 2 is in force" in done.output
    [(path, body)] = stack.sent
    assert path == "/v1/models/2/publish"
    assert json.loads(body) == {"after": 1, "rate": 50, "announce": ["stages", "hand-offs"]}


def test_only_what_can_be_published_is(cli, stack) -> None:
    """Not what is in force, not what is not there, no unknown kind."""
    assert "version 1 is in force already" in cli("publish", 1, "--yes").output
    assert "version 9 is not there" in cli("publish", 9, "--yes").output
    assert "only a retired one" in cli("rollback", 2, "--yes").output
    assert cli("publish", "--announce", "all").exit_code == 2
    assert stack.sent == []


def test_going_back_is_publishing_an_older_version(cli, stack, monkeypatch) -> None:
    """And waits for the leads where asked to."""
    monkeypatch.setattr("leadlight.cli.models._LOOK_SECONDS", 0)
    assert cli("rollback", 0, "--yes", "--wait").exit_code == 0
    assert [path for path, _ in stack.sent] == ["/v1/models/0/publish"]
    assert stack.run["done"]


def test_another_operator_was_first(cli, api, stack) -> None:
    """The stack's conflict reaches the operator."""
    answer = stack.__call__

    def first(request: Request) -> Answer | None:
        if request.path.endswith("/publish"):
            return problem(409, title="Somebody else was first", detail="version 1 was published as release 2")
        return answer(request)

    api.first = first
    result = cli("publish", "--yes")
    assert result.exit_code == 1
    assert "409 Somebody else was first: version 1 was published as release 2" in result.output


def test_models_shows_versions_and_how_far_a_run_is(cli, stack) -> None:
    """A bar for people, JSON for programs; a halted run goes on."""
    shown = cli("models").output
    assert "25% 250 leads seen, 200 written, 3 decisions; 1 of 4 segments done" in shown
    assert [line.split()[:2] for line in shown.splitlines()[1:4]] == [
        ["2", "draft"],
        ["1", "published"],
        ["0", "retired"],
    ]
    assert "failed" not in shown
    stack.run["failed"] = 2
    assert "decisions, 2 failed (leadlight failed list --source run); done" in cli("models").output
    assert json.loads(cli("models", "--json", "--resume").output)["leads"] == 1000
    stack.run |= {"done": False, "seen": 0, "segments_done": 0, "written": 0, "decided": 0}
    assert "begins at 12:01:30 UTC, when no function goes by the version before" in cli("models").output
    stack.run |= {"done": False, "seen": 0, "leads_from": None}
    assert "0 of 4 segments done" in cli("models").output
    assert [path for path, _ in stack.sent] == ["/v1/models/resume"]
