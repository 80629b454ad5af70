"""Which events of the bus start which function, and what becomes of those that cannot be delivered."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.bus import EVENT_SOURCE, Bus
from infra.failures import FailureQueues
from infra.functions import Functions

DELIVERY_ATTEMPTS = 20
INVOCATION_RETRIES = 2
MAX_EVENT_AGE = Duration.hours(6)


class Rules(Construct):
    """Scores, stages and merges go to nurture; asked-for rollups to rollup."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bus: Bus, functions: Functions, failures: FailureQueues
    ) -> None:
        super().__init__(scope, construct_id)
        self._bus = bus.bus
        followed = ["Lead Scored", "Lead Stage Changed", "Lead Merged"]
        self._rule("Nurture", followed, functions["nurture"], failures.nurture)
        self._rule("RollupRequested", ["KPI Rollup Requested"], functions["rollup"], failures.rollup)
        self._keep_failed_invocations("NurtureInvocations", functions["nurture"], failures.nurture)
        self._keep_failed_invocations("RollupInvocations", functions["rollup"], failures.rollup)
        self._keep_failed_invocations("SweepInvocations", functions["sweep"], failures.sweep)

    def _rule(self, name: str, detail_types: list[str], function: lambda_.Function, failures: sqs.Queue) -> None:
        events.Rule(
            self,
            name,
            event_bus=self._bus,
            event_pattern=events.EventPattern(source=[EVENT_SOURCE], detail_type=detail_types),
            targets=[
                targets.LambdaFunction(
                    function,
                    dead_letter_queue=failures,
                    retry_attempts=DELIVERY_ATTEMPTS,
                    max_event_age=MAX_EVENT_AGE,
                )
            ],
        )

    def _keep_failed_invocations(self, name: str, function: lambda_.Function, failures: sqs.Queue) -> None:
        """A rule's queue sees undelivered events only; a delivered one that then fails would be lost."""
        lambda_.CfnEventInvokeConfig(
            self,
            name,
            function_name=function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=INVOCATION_RETRIES,
            maximum_event_age_in_seconds=MAX_EVENT_AGE.to_seconds(),
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=failures.queue_arn)
            ),
        ).node.add_dependency(function)
