"""Companies in the terminal: ranked, one with its leads as a picture, and offline."""

import json
from decimal import Decimal
from typing import Any

import pytest

from leadlight.cli.client import Api
from tests.unit.builders import cloudevent
from tests.unit.cli.local_api import LocalApi

ACME = {"domain": "acme.com", "traits": {"name": "Acme", "employees": 500, "industry": "software"}}


def company(name: str = "c1", **account: Any) -> dict[str, Any]:
    return cloudevent("account_identified", name=name, subject=None, data={"account": account or ACME})


def demo(number: str, who: str, **traits: Any) -> dict[str, Any]:
    return cloudevent("demo_requested", name=number, subject=who, data={"traits": traits})


EVENTS = [
    demo("d1", "ada@acme.com", name="Ada", job_title="CEO"),
    demo("d2", "bob@acme.com", name="Bob", job_title="Intern"),
    demo("d3", "eve@rival.com", name="Eve"),
    demo("d4", "joe@gmail.com", name="Joe"),
    company(),
    company("c2", ids={"crm": "7"}, domain="rival.com"),
]


@pytest.fixture
def filled(api: LocalApi) -> LocalApi:
    """Two companies and somebody of none."""
    body = json.dumps(EVENTS).encode()
    with Api(api.url) as client:
        client.call("POST", "/v1/activities", body=body, content_type="application/cloudevents-batch+json")
    return api


def test_accounts_are_listed_with_their_best_leads(cli, filled) -> None:
    """Whose leads give what; a mailbox that anybody can have is no company."""
    result = cli("accounts")
    assert result.exit_code == 0, result.output
    heading, acme, rival = result.output.splitlines()
    assert heading.split() == ["#", "score", "account", "leads", "because", "of"]
    assert "Acme" in acme
    assert "Ada" in acme
    assert "Bob" not in acme  # the best lead alone counts
    assert "rival.com" in rival
    assert [json.loads(line)["name"] for line in cli("accounts", "--json").output.splitlines()] == ["Acme", None]
    assert len(cli("accounts", "--limit", 1).output.splitlines()) == 2


@pytest.mark.parametrize("name", ["acme.com", "https://www.acme.com/about", "domain:acme.com"])
def test_an_account_is_found_by_its_domain_and_shown_whole(cli, filled, name: str) -> None:
    """Its id is worked out of the domain; each lead has a bar, and the shares add up."""
    shown = cli("account", name)
    assert shown.exit_code == 0, shown.output
    assert "Acme acme.com" in shown.output
    assert "company_size 500" in shown.output
    view = json.loads(cli("account", name, "--json").output, parse_float=Decimal)
    shares = sum(lead["share"] for lead in view["leads"])
    assert shares + view["others"]["share"] + view["clamped"] + view["rounding"] == view["score"]


def test_an_account_that_is_not_there_is_told(cli, filled) -> None:
    """Exit code 1, and how else to name it."""
    result = cli("account", "nobody.example")
    assert result.exit_code == 1
    assert "no account nobody.example" in result.output


def test_no_accounts_are_told(cli, api) -> None:
    """And how there would be some."""
    assert "no accounts here yet" in cli("accounts").output


def test_a_lead_shows_its_account(cli, filled) -> None:
    """With what it told."""
    shown = cli("lead", "ada@acme.com").output
    assert "company_size 500" in shown


def test_offline_too_a_company_counts_for_its_leads(cli, jsonl) -> None:
    """And is no lead."""

    def scores(events: list[dict[str, Any]]) -> list[int]:
        result = cli("score", "--activities", jsonl(events), "--as-of", "2026-11-21", "--json")
        assert result.exit_code == 0, result.output
        return [json.loads(line)["score"] for line in result.stdout.splitlines()]

    [known], [unknown] = scores([EVENTS[0], company()]), scores([EVENTS[0]])
    assert known > unknown
