"""The queue of the runs over all leads: a message per page and segment, done by the sweep function one at a time."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.failures import FailureQueues
from infra.sizing import SIZING

ATTEMPTS = 8
MOST_AT_ONCE = 16  # segments of a run


class Runs(Construct):
    """A queue that redelivers what a worker did not finish, and gives up to a queue with an alarm."""

    def __init__(self, scope: Construct, construct_id: str, *, failures: FailureQueues) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            # Lambda asks for six times the function's timeout.
            visibility_timeout=Duration.seconds(6 * SIZING["sweep"].timeout_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=ATTEMPTS, queue=failures.sweep),
        )

    def feed(self, function: lambda_.Function) -> None:
        """Brings the messages to the sweep function, each in an invocation of its own."""
        mapping = lambda_.CfnEventSourceMapping(
            self,
            "Mapping",
            function_name=function.function_name,
            event_source_arn=self.queue.queue_arn,
            batch_size=1,
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=MOST_AT_ONCE),
        )
        mapping.node.add_dependency(function)
