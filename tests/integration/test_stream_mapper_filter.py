"""The filter of our stream mapper reads patterns as Lambda does."""

import json
from typing import Any

import pytest

from infra.local.event_filter import UnknownRule, matches, passes, patterns_of

INSERT = {"eventName": "INSERT", "dynamodb": {"NewImage": {"outbox": {"S": "[]"}, "n": {"N": "5"}}}}
EXPIRED = {"eventName": "REMOVE", "userIdentity": {"principalId": "dynamodb.amazonaws.com"}}
DELETED = {"eventName": "REMOVE"}


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        ({"a": "x"}, {"a": ["x", "y"]}, True),
        ({"a": "z"}, {"a": ["x", "y"]}, False),
        ({}, {"a": ["x"]}, False),
        ({"a": {"b": 1}}, {"a": {"b": [1]}}, True),
        ({"a": {"b": True}}, {"a": {"b": [1]}}, False),
        ({"a": None}, {"a": [None]}, True),
        ({"a": ["x", "z"]}, {"a": ["z"]}, True),
        ({"a": "x", "b": "y"}, {"a": ["x"], "b": ["n"]}, False),
        ({"a": "x"}, {"a": [{"exists": True}]}, True),
        ({"a": {"b": 1}}, {"a": [{"exists": True}]}, False),
        ({}, {"a": [{"exists": False}]}, True),
        ({}, {"a": {"b": [{"exists": False}]}}, True),
        ({"a": "x"}, {"a": [{"anything-but": ["x", "y"]}]}, False),
        ({"a": "z"}, {"a": [{"anything-but": ["x", "y"]}]}, True),
        ({"a": "xy"}, {"a": [{"anything-but": {"prefix": "x"}}]}, False),
        ({}, {"a": [{"anything-but": "x"}]}, False),
        ({"a": "xy"}, {"a": [{"prefix": "x"}]}, True),
        ({"a": "xy"}, {"a": [{"suffix": "y"}]}, True),
        ({"a": "Xy"}, {"a": [{"equals-ignore-case": "xY"}]}, True),
        ({"a": 5}, {"a": [{"numeric": [">", 1, "<=", 5]}]}, True),
        ({"a": 6}, {"a": [{"numeric": [">", 1, "<=", 5]}]}, False),
        ({"a": "5"}, {"a": [{"numeric": ["=", 5]}]}, False),
        ({"b": 2}, {"$or": [{"a": [1]}, {"b": [2]}]}, True),
    ],
)
def test_a_rule_matches_as_documented(value: dict[str, Any], pattern: dict[str, Any], *, expected: bool) -> None:
    """One line of Lambda's filter syntax each."""
    assert matches(value, pattern) is expected


def test_no_pattern_lets_everything_pass() -> None:
    """A mapping without a filter."""
    assert passes(INSERT, [])


def test_expiry_can_be_told_from_deletion() -> None:
    """The patterns that drop what DynamoDB removed by itself, and only that."""
    keep = [
        {"eventName": ["INSERT", "MODIFY"]},
        {"eventName": ["REMOVE"], "userIdentity": {"principalId": [{"exists": False}]}},
    ]
    assert [passes(each, keep) for each in (INSERT, EXPIRED, DELETED)] == [True, False, True]


def test_a_filter_on_presence_looks_into_the_image() -> None:
    """An outbox is published, its absence is not."""
    outbox = [{"dynamodb": {"NewImage": {"outbox": {"S": [{"exists": True}]}}}}]
    assert passes(INSERT, outbox)
    assert not passes(DELETED, outbox)


def test_an_unknown_rule_is_an_error() -> None:
    """Letting all pass would hide a template that AWS reads differently."""
    with pytest.raises(UnknownRule, match="cidr"):
        matches({"a": "x"}, {"a": [{"cidr": "10.0.0.0/8"}]})


def test_patterns_are_read_from_the_mapping() -> None:
    """As the Lambda API gives them: JSON in JSON, or nothing at all."""
    described = {"FilterCriteria": {"Filters": [{"Pattern": json.dumps({"a": [1]})}]}}
    assert patterns_of(described) == [{"a": [1]}]
    assert patterns_of({}) == []
