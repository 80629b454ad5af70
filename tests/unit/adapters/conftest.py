"""AWS in memory: the stack's three tables, its bucket, its queue, and the secret that erasure is keyed by."""

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from leadlight.adapters import clients
from leadlight.adapters.facts import DynamoFacts
from leadlight.adapters.leads import DynamoLeads

RANKING = {
    "IndexName": "ranking",
    "KeySchema": [
        {"AttributeName": "rank_partition", "KeyType": "HASH"},
        {"AttributeName": "rank_key", "KeyType": "RANGE"},
    ],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}


def make_table(dynamodb: Any, name: str, *keys: str, index: dict[str, Any] | None = None) -> None:
    """A table by its keys, partition first; all are text."""
    named = [*keys, *(key["AttributeName"] for key in (index or {}).get("KeySchema", ()))]
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=True)],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in named],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": [index]} if index else {}),
    )


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """All of it; the client of DynamoDB."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    clients.client.cache_clear()
    with mock_aws():
        make = botocore.session.get_session().create_client
        dynamodb = make("dynamodb")
        make_table(dynamodb, "activities", "lead_id", "key")
        make_table(dynamodb, "leads", "lead_id", "item", index=RANKING)
        make_table(dynamodb, "records", "pk", "sk")
        make("s3").create_bucket(Bucket="bucket")
        make("sqs").create_queue(QueueName="runs")
        make("secretsmanager").create_secret(Name="forgotten", SecretString="pepper")
        yield dynamodb
    clients.client.cache_clear()


@pytest.fixture
def facts(aws: Any) -> DynamoFacts:
    return DynamoFacts("activities", 400)


@pytest.fixture
def leads(aws: Any) -> DynamoLeads:
    return DynamoLeads("leads")
