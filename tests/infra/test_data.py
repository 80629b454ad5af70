"""Where data lies: encrypted, restorable, private, and gone when its time has come."""

import pytest
from aws_cdk.assertions import Match

from infra.sizing import SIZING
from tests.infra.synthesized import Synthesized

pytestmark = pytest.mark.xdist_group("infra")


def test_every_table_is_encrypted_restorable_and_on_demand(dev: Synthesized) -> None:
    """No table is left out of what the design promises for data at rest."""
    tables = dev.of_type("AWS::DynamoDB::Table")
    assert len(tables) == 3
    for table in tables.values():
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize(
    ("name", "keys", "ttl", "stream"),
    [
        ("Activities", ["lead_id", "key"], "expires_at", "NEW_AND_OLD_IMAGES"),
        ("Leads", ["lead_id", "item"], None, "NEW_AND_OLD_IMAGES"),
        ("Records", ["pk", "sk"], "expires_at", None),
    ],
)
def test_the_tables_shape(dev: Synthesized, name: str, keys: list[str], ttl: str | None, stream: str | None) -> None:
    """Keys, expiry and stream are what the adapters rely on."""
    table = dev.one("AWS::DynamoDB::Table", name)
    assert [key["AttributeName"] for key in table["KeySchema"]] == keys
    assert table.get("TimeToLiveSpecification", {}).get("AttributeName") == ttl
    assert table.get("StreamSpecification", {}).get("StreamViewType") == stream


def test_the_ranking_index_holds_keys_only(dev: Synthesized) -> None:
    """A score that stays in its bucket writes to no index."""
    (index,) = dev.one("AWS::DynamoDB::Table", "Leads")["GlobalSecondaryIndexes"]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["rank_partition", "rank_key"]


@pytest.mark.parametrize(("name", "policy"), [("dev", "Delete"), ("prod", "Retain")])
def test_removal_follows_the_setting(stacks: dict[str, Synthesized], name: str, policy: str) -> None:
    """Deleting a lasting stack leaves tables and bucket; a passing one leaves nothing."""
    for resource in stacks[name].document["Resources"].values():
        if resource["Type"] in {"AWS::DynamoDB::Table", "AWS::S3::Bucket"}:
            assert resource["DeletionPolicy"] == policy
            assert resource["UpdateReplacePolicy"] == policy


def test_a_lasting_table_cannot_be_deleted(prod: Synthesized) -> None:
    """Not even by hand, unless the protection is lifted first."""
    prod.template.all_resources_properties("AWS::DynamoDB::Table", {"DeletionProtectionEnabled": True})


def test_the_bucket_is_private_encrypted_and_forgets(dev: Synthesized) -> None:
    """Raw bodies hold personal data: nobody else reads them, and they go after 30 days."""
    bucket = dev.one("AWS::S3::Bucket", "Bucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["BucketEncryption"]
    expiry = {rule["Prefix"]: rule["ExpirationInDays"] for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert expiry == {"failed/": 30, "aws/lambda/": 14}


def test_the_bucket_refuses_plain_http(dev: Synthesized) -> None:
    """A request without TLS is denied whoever makes it."""
    denied = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    dev.template.has_resource_properties(
        "AWS::S3::BucketPolicy",
        {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(denied)])}},
    )


def test_every_source_has_a_secret_before_the_vendors(dev: Synthesized) -> None:
    """A webhook is never open by default: until the vendor's value is put, nothing verifies."""
    secrets = dev.of_type("AWS::SecretsManager::Secret").values()
    assert len(secrets) == 3  # the third is the key of the hashes of forgotten leads
    assert all(secret["GenerateSecretString"]["PasswordLength"] == 48 for secret in secrets)


def test_no_log_is_kept_for_ever(dev: Synthesized, prod: Synthesized) -> None:
    """One group per function and one for the API's access log, each with a retention."""
    for stack in (dev, prod):
        groups = stack.of_type("AWS::Logs::LogGroup")
        assert len(groups) == len(SIZING) + 1
        assert all(group["RetentionInDays"] == 90 for group in groups.values())
