"""Imports through the API: all rows arrive, once, whatever happens on the way."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.cli.local_api import Answer, LocalApi, Request, problem

MAP = "source: import:crm\nid: id\ntime: at\nlead: {ids: {crm: id}}\ntraits: {job_title: title}\n"
DEALS = (
    "source: import:crm\nid: [id, deal]\ntime: at\nlead: {ids: {crm: id}}\nproperties: {deal_id: deal, amount: worth}\n"
)


@pytest.fixture
def leads(tmp_path: Path) -> SimpleNamespace:
    """A file of 50 leads and its mapping."""
    file, mapping = tmp_path / "leads.csv", tmp_path / "map.yaml"
    rows = "".join(f"{n},2026-10-{1 + n % 28:02},{'CTO' if n % 2 else ''}\n" for n in range(50))
    file.write_text("id,at,title\n" + rows)
    mapping.write_text(MAP)
    return SimpleNamespace(file=file, map=mapping, refused=tmp_path / "leads.csv.refused.jsonl", home=tmp_path / "home")


def posts(api: LocalApi) -> list[Request]:
    return [request for request in api.requests if request.method == "POST"]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def test_every_row_is_posted_signed_and_as_backfill(cli, api, leads) -> None:
    """In batches of CloudEvents; nothing is announced."""
    result = cli("import", "leads", leads.file, "--map", leads.map, "--batch", 20)
    assert result.exit_code == 0
    assert "50 rows: 50 recorded, 0 refused, 3 requests" in result.output
    assert len(api.stored) == 50
    assert all(fact.backfill for fact in api.stored.values())
    for request in posts(api):
        assert request.headers["content-type"] == "application/cloudevents-batch+json"
        assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIATEST/")
        assert "/us-east-1/execute-api/aws4_request" in request.headers["authorization"]
    assert not leads.refused.exists()


def test_announced_rows_are_news(cli, api, leads) -> None:
    """Only when it is asked for."""
    cli("import", "leads", leads.file, "--map", leads.map, "--announce")
    assert not any(fact.backfill for fact in api.stored.values())


def test_importing_again_changes_nothing(cli, api, leads) -> None:
    """Everything is sent again, and is the same facts."""
    cli("import", "leads", leads.file, "--map", leads.map)
    before = dict(api.stored)
    result = cli("import", "leads", leads.file, "--map", leads.map)
    assert "50 rows: 50 recorded" in result.output
    assert api.stored == before


def test_deals_find_their_leads(cli, api, leads) -> None:
    """By the same identity; the amount goes with them."""
    deals = leads.file.with_name("deals.csv")
    deals.write_text("id,deal,at,worth\n7,d7,2026-11-01,99.5\n")
    leads.map.write_text(DEALS)
    cli("import", "deals", deals, "--map", leads.map)
    (fact,) = api.stored.values()
    assert (fact.type, fact.values) == ("deal_won", {"amount": "99.5", "deal_id": "d7"})
    found = cli("lead", "crm:7", "--json")
    assert found.exit_code == 0, found.output


def test_an_interrupted_import_goes_on_where_it_was(cli, api, leads) -> None:
    """What was answered is not sent again; a failure says how to go on, and the summary is of the whole."""

    def down_after_two(request: Request) -> Answer | None:
        return problem(403, message="Forbidden") if len(posts(api)) > 2 else None

    api.first = down_after_two
    command = ("import", "leads", leads.file, "--map", leads.map, "--batch", 5)
    broken = cli(*command)
    assert broken.exit_code == 1
    assert "403: Forbidden; your AWS identity needs execute-api:Invoke" in broken.output
    (checkpoint,) = leads.home.rglob("*.jsonl")
    assert str(checkpoint) in broken.output
    with checkpoint.open("a") as file:
        file.write('{"batch":7,"rec')  # torn by a crash

    api.first, api.requests[:] = (lambda _request: None), []
    again = cli(*command)
    assert again.exit_code == 0
    assert "resuming: 2 requests were answered before" in again.output
    assert "50 rows: 50 recorded, 0 refused, 10 requests" in again.output
    assert len(posts(api)) == 8
    assert len(api.stored) == 50
    assert not checkpoint.exists()


def test_a_checkpoint_of_other_batches_counts_for_nothing(cli, api, leads) -> None:
    """What was noted of a batch holds for just that batch: another version may cut them otherwise."""
    command = ("import", "leads", leads.file, "--map", leads.map, "--batch", 20)
    api.first = lambda _request: problem(403, message="Forbidden") if len(posts(api)) > 2 else None
    assert cli(*command, "--clients", 1).exit_code == 1
    (checkpoint,) = leads.home.rglob("*.jsonl")
    noted = [line | {"digest": "another", "refused": []} for line in lines(checkpoint)]
    checkpoint.write_text("".join(json.dumps(line | {"batch": n}) + "\n" for n in (0, 9) for line in noted[:1]))
    api.first, api.requests[:] = (lambda _request: None), []
    assert "50 rows: 50 recorded, 0 refused, 3 requests" in cli(*command).output
    assert len(posts(api)) == 3


def test_throttling_and_lost_answers_are_tried_again(cli, api, leads) -> None:
    """Twice refused, once stored without an answer: each row is there once."""
    ours = {1: problem(503, title="Try again", detail="throttled"), 3: problem(429, message="Too Many Requests")}
    api.first = lambda _request: ours.get(len(api.requests))
    result = cli("import", "leads", leads.file, "--map", leads.map, "--batch", 10)
    assert result.exit_code == 0
    assert len(api.stored) == 50
    assert len(posts(api)) == 7


def test_an_api_that_stays_away_is_told(cli, api, leads) -> None:
    """After six attempts, with exit code 1."""
    api.first = lambda _request: problem(503, title="Try again", detail="a table is throttling", correlation_id="c-1")
    result = cli("import", "leads", leads.file, "--map", leads.map)
    assert result.exit_code == 1
    assert "503 Try again: a table is throttling (correlation id c-1) (gave up after 6 attempts)" in result.output
    assert len(posts(api)) == 6


def test_refused_rows_are_kept_with_their_number_and_reason(cli, api, leads) -> None:
    """Those that can't be sent and those that the API refuses, side by side; the others are recorded."""
    with leads.file.open("a") as file:
        file.write("50,soon,CTO\n51,2099-01-01,CTO\n52,2026-10-01,CTO\n")
    result = cli("import", "leads", leads.file, "--map", leads.map)
    assert result.exit_code == 1
    assert "53 rows: 51 recorded, 2 refused" in result.output
    assert str(leads.refused) in result.output
    soon, far = lines(leads.refused)
    assert (soon["row"], soon["values"]["id"]) == (52, "50")
    assert "at must be a time" in soon["reason"]
    assert (far["row"], far["values"]["id"]) == (53, "51")
    assert "more than 24 hours ahead" in far["reason"]


@pytest.mark.parametrize("size", [1, 2])
def test_a_batch_that_is_refused_whole_is_told_row_by_row(cli, api, leads, size: int) -> None:
    """The API answers with a problem where it recorded nothing."""
    leads.file.write_text("id,at,title\n1,2099-01-01,\n2,2099-01-02,\n")
    result = cli("import", "leads", leads.file, "--map", leads.map, "--batch", size)
    assert result.exit_code == 1
    assert [row["row"] for row in lines(leads.refused)] == [2, 3]


def test_a_dry_run_sends_nothing_and_shows_the_first_event(cli, api, leads) -> None:
    """It needs no stack and no credentials."""
    result = cli("import", "leads", leads.file, "--map", leads.map, "--dry-run", "--batch", 20)
    assert result.exit_code == 0
    assert "50 rows: 50 to send in 3 requests" in result.output
    assert '"source": "import:crm"' in result.output
    assert not api.requests


def test_a_mapping_that_does_not_fit_stops_before_anything_is_sent(cli, api, leads) -> None:
    """With the nearest column."""
    leads.map.write_text(MAP.replace("title}", "titel}"))
    result = cli("import", "leads", leads.file, "--map", leads.map)
    assert result.exit_code == 1
    assert "traits.job_title: leads.csv has no column 'titel'; did you mean title?" in result.output
    assert not api.requests


def test_without_an_address_it_is_wrong_usage(cli, leads) -> None:
    """Exit code 2, naming the option."""
    result = cli("import", "leads", leads.file, "--map", leads.map)
    assert result.exit_code == 2
    assert "give --url" in result.output
