"""The bucket for what could not be processed: raw bodies of failed events, and failed stream batches."""

from typing import cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.nag import acknowledge
from infra.settings import Settings

FAILED_PREFIX = "failed/"
# Lambda chooses the key of a failed stream batch: aws/lambda/<mapping>/<shard>/<date>/...
STREAM_FAILURES_PREFIX = "aws/lambda/"


class Storage(Construct):
    """A private, encrypted bucket whose objects go away by themselves."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        retain = settings.removal == "retain"
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN if retain else RemovalPolicy.DESTROY,
            lifecycle_rules=[
                _expire("failed-events", FAILED_PREFIX, days=30),
                _expire("stream-failures", STREAM_FAILURES_PREFIX, days=14),
            ],
        )
        acknowledge(
            self.bucket,
            "AwsSolutions-S1",
            "Only this stack's functions write here, and objects live for days; logs would outlive them.",
        )

    @property
    def bucket_logical_id(self) -> str:
        """The bucket's name inside the template."""
        return Stack.of(self).get_logical_id(cast("s3.CfnBucket", self.bucket.node.default_child))


def _expire(rule_id: str, prefix: str, *, days: int) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id=rule_id,
        prefix=prefix,
        expiration=Duration.days(days),
        abort_incomplete_multipart_upload_after=Duration.days(1),
    )
