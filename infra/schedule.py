"""The clock of the stack: KPIs are rolled up every hour."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.failures import FailureQueues
from infra.functions import Functions


class Schedule(Construct):
    """An hourly rollup, retried, and kept in the queue when it cannot be delivered."""

    def __init__(self, scope: Construct, construct_id: str, *, functions: Functions, failures: FailureQueues) -> None:
        super().__init__(scope, construct_id)
        rollup = functions["rollup"]
        role = self._role(rollup, failures.rollup)
        scheduler.CfnSchedule(
            self,
            "HourlyRollup",
            description="Leadlight: roll KPIs up",
            schedule_expression="rate(1 hour)",
            # Stacks deployed at the same minute need not all start at it.
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(
                mode="FLEXIBLE", maximum_window_in_minutes=5
            ),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=rollup.function_arn,
                role_arn=role.role_arn,
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failures.rollup.queue_arn),
                # The next hour's run makes up for a missed one.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=5, maximum_event_age_in_seconds=60 * 55
                ),
            ),
        ).node.add_dependency(role)

    def _role(self, rollup: lambda_.Function, failures: sqs.Queue) -> iam.Role:
        own_account = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=own_account),
        )
        for action, resource in (
            ("lambda:InvokeFunction", rollup.function_arn),
            ("sqs:SendMessage", failures.queue_arn),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
        return role
