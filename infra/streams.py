"""From the tables' streams to the functions: filtered, bounded in attempts, nothing lost in silence."""

import json
from typing import Any

from aws_cdk import CfnCondition, CfnParameter, Fn, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions import Functions
from infra.sizing import LANES, RECORDS
from infra.storage import Storage
from infra.tables import Tables

# A fact that expires is no news. Everything but a REMOVE by DynamoDB's own TTL passes.
FACTS_BUT_NO_EXPIRY = (
    {"eventName": ["INSERT", "MODIFY"]},
    {"eventName": ["REMOVE"], "userIdentity": {"principalId": [{"anything-but": "dynamodb.amazonaws.com"}]}},
    {"eventName": ["REMOVE"], "userIdentity": {"principalId": [{"exists": False}]}},
)
UNPUBLISHED_DECISIONS = ({"dynamodb": {"NewImage": {"outbox": {"S": [{"exists": True}]}}}},)


class Streams(Construct):
    """Activities to rescore, leads to publish."""

    def __init__(
        self, scope: Construct, construct_id: str, *, tables: Tables, functions: Functions, storage: Storage
    ) -> None:
        super().__init__(scope, construct_id)
        parameter = CfnParameter(
            Stack.of(self),
            "StreamMappings",
            default="enabled",
            allowed_values=["enabled", "disabled"],
            description="disabled: the streams are read by something else, as the local runner does",
        )
        self._enabled = CfnCondition(
            Stack.of(self),
            "StreamMappingsEnabled",
            expression=Fn.condition_equals(parameter.value_as_string, "enabled"),
        )
        self._bucket_arn = storage.bucket.bucket_arn
        self.mappings = {
            "rescore": self._map("Activities", tables.activities, functions["rescore"], FACTS_BUT_NO_EXPIRY),
            "publish": self._map("Leads", tables.leads, functions["publish"], UNPUBLISHED_DECISIONS),
        }

    def _map(
        self,
        name: str,
        table: dynamodb.Table,
        function: lambda_.Function,
        patterns: tuple[dict[str, Any], ...],
    ) -> lambda_.CfnEventSourceMapping:
        mapping = lambda_.CfnEventSourceMapping(
            self,
            name,
            function_name=function.function_name,
            event_source_arn=table.table_stream_arn,
            enabled=Fn.condition_if(self._enabled.logical_id, True, False),  # noqa: FBT003 - CDK's signature
            # From the first fact on: one stored while the mapping is being made must count.
            starting_position="TRIM_HORIZON",
            batch_size=RECORDS,
            maximum_batching_window_in_seconds=0,
            parallelization_factor=LANES,
            maximum_retry_attempts=10,
            maximum_record_age_in_seconds=60 * 60 * 12,
            bisect_batch_on_function_error=True,
            function_response_types=["ReportBatchItemFailures"],
            # A batch whose records are handed back is no error of the function: only these tell that it was given up.
            metrics_config=lambda_.CfnEventSourceMapping.MetricsConfigProperty(metrics=["EventCount"]),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self._bucket_arn)
            ),
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[
                    lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(pattern)) for pattern in patterns
                ]
            ),
        )
        # Lambda checks the role's grants when it makes the mapping.
        mapping.node.add_dependency(function)
        return mapping
