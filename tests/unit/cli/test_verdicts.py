"""human, bot: what a team says of a lead's activities; `lead` shows what was set aside, and why."""

import json

import pytest

from leadlight.cli.client import Api, ApiError
from tests.unit.cli.local_api import LocalApi


@pytest.fixture
def scanned(cli, api: LocalApi) -> None:
    """A lead whose mailbox scanner clicked five links of one message in two seconds."""
    events = [
        {
            "specversion": "1.0",
            "id": f"c-{n}",
            "source": "mail",
            "type": "email_link_clicked",
            "time": f"2026-11-20T09:15:0{n // 2}Z",
            "subject": "ada@acme.com",
            "data": {"properties": {"message_id": "m-204", "link_url": f"https://acme.com/{n}"}},
        }
        for n in range(5)
    ]

    with Api(api.url) as client:
        client.call("POST", "/v1/activities", body=json.dumps(events).encode(), content_type="application/json")


def test_a_lead_shows_what_was_set_aside_and_why(cli, api: LocalApi, scanned: None) -> None:
    """By day, with the message that a saying would name."""
    shown = cli("lead", "ada@acme.com").output
    assert "5 activities, beside 0 signals that count" in shown
    assert "2026-11-20 5 many links of one message at once: a link scanner (m-204)" in shown
    guard = json.loads(cli("lead", "ada@acme.com", "--json").output)["bot_guard"]
    assert guard["set_aside"] == 5
    assert guard["groups"][0]["about"] == "m-204"


def test_a_person_takes_it_back_and_back_again(cli, api: LocalApi, scanned: None) -> None:
    """The latest saying holds, and is shown."""
    assert cli("human", "ada@acme.com", "--message", "m-204").exit_code == 0
    guard = json.loads(cli("lead", "ada@acme.com", "--json").output)["bot_guard"]
    assert (guard["set_aside"], guard["counted_signals"]) == (0, 5)
    assert guard["said"][0]["about"] == "message:m-204"
    assert "message:m-204: a person, said" in cli("lead", "ada@acme.com").output
    assert cli("bot", "ada@acme.com", "--day", "2026-11-20").exit_code == 0
    guard = json.loads(cli("lead", "ada@acme.com", "--json").output)["bot_guard"]
    assert (guard["set_aside"], guard["counted_signals"]) == (5, 0)


@pytest.mark.parametrize("arguments", [(), ("--message", "m", "--day", "2026-11-20"), ("--day", "soon")])
def test_one_message_or_one_day_is_named(cli, api: LocalApi, arguments: tuple[str, ...]) -> None:
    """Anything else is wrong usage, before anything is sent."""
    assert cli("human", "ada@acme.com", *arguments).exit_code == 2
    assert not api.requests


def test_what_a_saying_is_about_is_checked(cli, api: LocalApi) -> None:
    """Also where it comes by the API."""
    event = {
        "specversion": "1.0",
        "id": "j-1",
        "source": "team",
        "type": "judged_bot",
        "subject": "ada@acme.com",
        "data": {"properties": {"about": "the newsletter"}},
    }

    with Api(api.url) as client, pytest.raises(ApiError, match="message:NAME or day:"):
        client.call("POST", "/v1/activities", body=json.dumps(event).encode(), content_type="application/json")
