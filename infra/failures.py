"""Queues for what a consumer of events could not take; each has an alarm."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.nag import acknowledge


class FailureQueues(Construct):
    """One dead-letter queue per consumer: deliveries that ran out of retries, and invocations that failed."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.nurture = self._queue("Nurture")
        self.rollup = self._queue("Rollup")
        self.sweep = self._queue("Sweep")

    @property
    def all(self) -> dict[str, sqs.Queue]:
        """Every queue of the stack by its consumer's name."""
        return {"Nurture": self.nurture, "Rollup": self.rollup, "Sweep": self.sweep}

    def _queue(self, consumer: str) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            consumer,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            visibility_timeout=Duration.minutes(2),  # `leadlight redrive` gets past what can't be taken
        )
        acknowledge(queue, "AwsSolutions-SQS3", "This is the dead-letter queue; its alarm is the next stop.")
        return queue
