"""Spend through the API: each line is stored once, or refused with the field and the fix."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from leadlight.kpi import Spend
from leadlight.runtime import api
from tests.unit.builders import NOW

LINE = {
    "source": "ads", "id": "1", "day": "2026-11-01", "channel": "paid search", "campaign": "brand",
    "amount": "1,200.50", "currency": "eur",
}  # fmt: skip


@pytest.fixture
def stored() -> dict[str, Spend]:
    return {}


def post(stored: dict[str, Spend], body: Any) -> tuple[int, dict[str, Any]]:
    event = {
        "routeKey": "POST /v1/spend",
        "requestContext": {"requestId": "r-1", "http": {"method": "POST"}},
        "headers": {},
        "body": body if isinstance(body, str) else json.dumps(body),
    }
    records = SimpleNamespace(put_spend=lambda lines: stored.update((line.key, line) for line in lines))
    answer = api.handle(event, SimpleNamespace(records=records, now=lambda: NOW))  # type: ignore[arg-type]
    return answer["statusCode"], json.loads(answer["body"])


def test_a_line_is_stored_in_hundredths_and_the_same_again_is_the_same(stored) -> None:
    """One line or a batch; source and id name it within its day."""
    assert post(stored, LINE) == (202, {"received": 1, "recorded": 1, "refused": []})
    assert post(stored, [LINE, {**LINE, "id": "2", "campaign": None}])[1]["recorded"] == 2
    assert [(line.amount, line.currency, line.campaign) for line in stored.values()] == [
        (120_050, "EUR", "brand"),
        (120_050, "EUR", ""),
    ]
    post(stored, {**LINE, "amount": -3})
    assert [line.amount for line in stored.values()] == [-300, 120_050]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "much"}, "amount"),
        ({"amount": "12,50"}, "amount"),
        ({"amount": "1.250,00"}, "amount"),
        ({"amount": "1_250"}, "amount"),
        ({"amount": None}, "amount"),
        ({"amount": 1e15}, "amount"),
        ({"day": None}, "day"),
        ({"day": "yesterday"}, "day"),
        ({"day": "2026-11-23"}, "day"),
        ({"day": "2030-11-01"}, "day"),
        ({"currency": "euros"}, "currency"),
        ({"channel": ""}, "channel"),
        ({"source": None}, "source"),
        ({"id": []}, "id"),
    ],
)
def test_a_line_that_can_not_be_understood_is_refused_with_its_field(stored, changes, field) -> None:
    """Alone it is a 422; beside others it is listed by its place, and they are stored."""
    status, problem = post(stored, {**LINE, **changes})
    assert (status, problem["field"]) == (422, field)
    assert not stored
    status, answer = post(stored, [{**LINE, **changes}, LINE])
    assert (status, answer["received"], answer["recorded"]) == (202, 2, 1)
    assert [(refused["index"], refused["field"]) for refused in answer["refused"]] == [(0, field)]


def test_a_batch_of_which_nothing_is_stored_tells_of_each_line(stored) -> None:
    """422, with every line's own reason."""
    status, problem = post(stored, [{**LINE, "day": "x"}, 3])
    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["day", "line"])


def test_what_is_no_json_or_too_large_is_told(stored) -> None:
    """400 and 413."""
    assert post(stored, "{")[0] == 400
    assert post(stored, " " * 1_000_001)[0] == 413
