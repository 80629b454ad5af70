"""The streams: what passes the filters, how often it is tried, and where it ends when all attempts fail."""

import json
from typing import Any

import pytest

from tests.infra.synthesized import Synthesized

pytestmark = pytest.mark.xdist_group("infra")


def filters(mapping: dict[str, Any]) -> list[Any]:
    return [json.loads(entry["Pattern"]) for entry in mapping["FilterCriteria"]["Filters"]]


def streams(stack: Synthesized) -> list[dict[str, Any]]:
    """The mappings of streams; a queue has one of another kind."""
    mappings = stack.of_type("AWS::Lambda::EventSourceMapping")
    return [mapping for name, mapping in mappings.items() if name.startswith("Streams")]


@pytest.mark.parametrize(("table", "function"), [("Activities", "Rescore"), ("Leads", "Publish")])
def test_each_stream_feeds_its_function(dev: Synthesized, table: str, function: str) -> None:
    """Facts go to rescore, states with decisions to publish."""
    mapping = dev.one("AWS::Lambda::EventSourceMapping", table)
    assert mapping["EventSourceArn"]["Fn::GetAtt"][0].startswith(f"Tables{table}")
    assert mapping["FunctionName"]["Ref"].startswith(f"Functions{function}")


def test_a_poison_record_cannot_block_a_shard(dev: Synthesized) -> None:
    """Lambda's defaults retry for ever; ours split the batch, give up and keep the records in S3."""
    for mapping in streams(dev):
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["MaximumRetryAttempts"] == 10
        assert mapping["MaximumRecordAgeInSeconds"] < 24 * 60 * 60, "a stream keeps records for 24 hours"
        destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
        assert destination["Fn::GetAtt"][0].startswith("StorageBucket")


def test_the_first_fact_counts(dev: Synthesized) -> None:
    """One that is stored while the mapping is being made must not be skipped."""
    for mapping in streams(dev):
        assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_expired_facts_wake_nobody(dev: Synthesized) -> None:
    """REMOVE records of TTL are dropped; a removal by anybody else passes."""
    assert filters(dev.one("AWS::Lambda::EventSourceMapping", "Activities")) == [
        {"eventName": ["INSERT", "MODIFY"]},
        {
            "eventName": ["REMOVE"],
            "userIdentity": {"principalId": [{"anything-but": "dynamodb.amazonaws.com"}]},
        },
        {"eventName": ["REMOVE"], "userIdentity": {"principalId": [{"exists": False}]}},
    ]


def test_only_states_with_unpublished_decisions_wake_publish(dev: Synthesized) -> None:
    """Publish removes the outbox, and that write must not start it again."""
    assert filters(dev.one("AWS::Lambda::EventSourceMapping", "Leads")) == [
        {"dynamodb": {"NewImage": {"outbox": {"S": [{"exists": True}]}}}}
    ]


def test_the_mappings_can_be_off_by_a_parameter(dev: Synthesized) -> None:
    """The local runner reads the streams itself; the template is the same."""
    parameter = dev.document["Parameters"]["StreamMappings"]
    assert (parameter["Default"], parameter["AllowedValues"]) == ("enabled", ["enabled", "disabled"])
    for mapping in streams(dev):
        assert mapping["Enabled"] == {"Fn::If": ["StreamMappingsEnabled", True, False]}
