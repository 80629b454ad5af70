"""A file scored without a stack: one person is one lead there too, with the folds that a stack comes to."""

import json
import random
from typing import Any

import pytest

from leadlight.activity import Identity, lead_id_of
from leadlight.activity.order_key import day_number
from tests.simulation.quiet import quiet
from tests.unit.builders import NOW, cloudevent

AS_OF = ("--as-of", "2026-11-21")
ADA, INFO, BOB = "ada@acme.com", "info@acme.com", "bob@rival.io"


def visit(name: str, time: str, *, subject: str | None = None, **lead: str) -> dict[str, Any]:
    """The pricing page."""
    data = {"lead": lead, "properties": {"path": "/pricing"}}
    return cloudevent("page_viewed", name=name, time=f"2026-11-{time}:00Z", subject=subject, data=data)


def said(kind: str, name: str, *names: str, **lead: str) -> dict[str, Any]:
    """What a team says of one identity, or of two."""
    subject = names[0] if names else None
    return cloudevent(kind, name=name, time="2026-11-20T12:00:00Z", subject=subject, data={"lead": lead})


ANONYMOUS_THEN_KNOWN = [
    visit("1", "19T10:00", anonymous_id="x1"),
    visit("2", "20T10:00", subject=ADA, anonymous_id="x1"),
]
HISTORIES = {
    "a visitor who tells who it is": ANONYMOUS_THEN_KNOWN,
    "by way of a weaker one": [*ANONYMOUS_THEN_KNOWN, visit("3", "18T10:00", user_id="42", anonymous_id="x1")],
    "the same activity under two leads": [*ANONYMOUS_THEN_KNOWN, visit("1", "19T10:00", subject=ADA)],
    "merged by a team": [
        visit("1", "19T10:00", user_id="42"),
        visit("2", "20T10:00", subject=ADA),
        said("identities_merged", "m", ADA, user_id="42"),
    ],
    "separated by a team": [*ANONYMOUS_THEN_KNOWN, said("identities_separated", "s", ADA, anonymous_id="x1")],
    "a shared mailbox": [
        visit("1", "17T10:00", subject=INFO, anonymous_id="x1"),
        visit("2", "18T10:00", subject=ADA, anonymous_id="x1"),
        visit("3", "19T10:00", subject=INFO, anonymous_id="x2"),
        visit("4", "20T10:00", subject=BOB, anonymous_id="x2"),
        said("identity_shared", "s", INFO),
    ],
}


def on_a_stack(events: list[dict[str, Any]]) -> dict[str, int]:
    """The score of each lead that stays, by its id."""
    with quiet(NOW) as stack:
        for event in events:
            stack.activity(event)
            stack.settle()
        portfolio, day = stack.world.portfolio, day_number(NOW)
        leads = [state for state in stack.world.leads.scan() if state.lead_id.startswith("ld_") and state.totals]
        return {lead.lead_id: portfolio.score(lead.fold, day).totals.score for lead in leads if not lead.kin.root}


def in_a_file(cli, path) -> dict[str, int]:
    result = cli("score", "--activities", path, *AS_OF, "--json")
    assert result.exit_code == 0, result.output
    return {lead["lead_id"]: lead["score"] for lead in map(json.loads, result.stdout.splitlines())}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_file_is_scored_as_a_stack_scores_it(cli, jsonl, name: str) -> None:
    """The same leads stay, with the same scores; in any order of the lines."""
    events = HISTORIES[name]
    wanted = on_a_stack(events)
    assert wanted
    for seed in range(3):
        assert in_a_file(cli, jsonl(random.Random(seed).sample(events, k=len(events)))) == wanted


@pytest.mark.parametrize(
    "name", [ADA, f"email:{ADA}", "x1", "anonymous:x1", lead_id_of(Identity("anonymous", "x1"))]
)  # fmt: skip
def test_any_name_of_a_person_finds_the_one_lead(cli, jsonl, name: str) -> None:
    """Also a lead id that was merged away; the visits from before count."""
    result = cli("explain", name, "--activities", jsonl(ANONYMOUS_THEN_KNOWN), *AS_OF)
    assert result.exit_code == 0, result.output
    assert lead_id_of(Identity("email", ADA)) in result.output
    assert all(day in result.output for day in ("2026-11-19", "2026-11-20"))


def test_a_shared_identity_names_its_own_lead_alone(cli, jsonl) -> None:
    """And not those whose facts name it beside them."""
    shared = [visit("1", "19T10:00", subject=ADA, anonymous_id="x1"), said("identity_shared", "s", anonymous_id="x1")]
    result = cli("explain", "x1", "--activities", jsonl(shared), *AS_OF)
    assert lead_id_of(Identity("anonymous", "x1")) in result.output
    assert "shared mailbox or device" in result.output
