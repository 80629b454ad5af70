"""The clock of the stack: KPIs are rolled up every hour, every lead is looked at every night."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.failures import FailureQueues
from infra.functions import Functions


class Schedule(Construct):
    """An hourly rollup and a nightly sweep, retried, and kept in a queue when they cannot be delivered."""

    def __init__(self, scope: Construct, construct_id: str, *, functions: Functions, failures: FailureQueues) -> None:
        super().__init__(scope, construct_id)
        self._role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
        )
        # The next hour's run makes up for a missed one.
        self._call("HourlyRollup", "roll KPIs up", "rate(1 hour)", functions["rollup"], failures.rollup)
        # Early in the day: scores are as of a UTC day.
        self._call("NightlySweep", "look at every lead again", "cron(10 0 * * ? *)", functions["sweep"], failures.sweep)

    def _call(self, name: str, what: str, when: str, function: lambda_.Function, failures: sqs.Queue) -> None:
        for action, resource in (
            ("lambda:InvokeFunction", function.function_arn),
            ("sqs:SendMessage", failures.queue_arn),
        ):
            self._role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
        scheduler.CfnSchedule(
            self,
            name,
            description=f"Leadlight: {what}",
            schedule_expression=when,
            # Stacks deployed at the same minute need not all start at it.
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(
                mode="FLEXIBLE", maximum_window_in_minutes=5
            ),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=self._role.role_arn,
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failures.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=5, maximum_event_age_in_seconds=60 * 55
                ),
            ),
        ).node.add_dependency(self._role)
