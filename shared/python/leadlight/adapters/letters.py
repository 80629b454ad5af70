from collections.abc import Mapping, Sequence

from leadlight.adapters.clients import call, client
from leadlight.failed import Letter

_MOST = 10
_WAIT_SECONDS = 1  # long polling asks all of the queue's servers: none means none

_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


class SqsLetters:
    """The dead-letter queues, by the names of their consumers."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls

    def receive(self, consumer: str) -> list[Letter]:
        """Up to ten messages, which nobody else sees until the queue's visibility timeout."""
        answer = call(
            client("sqs").receive_message,
            QueueUrl=self._urls[consumer],
            MaxNumberOfMessages=_MOST,
            WaitTimeSeconds=_WAIT_SECONDS,
        )
        return [Letter(message["Body"], message["ReceiptHandle"]) for message in answer.get("Messages", [])]

    def done(self, consumer: str, letters: Sequence[Letter]) -> None:
        """Removes messages; one that is not removed comes again."""
        for letter in letters:
            call(client("sqs").delete_message, QueueUrl=self._urls[consumer], ReceiptHandle=letter.receipt)

    def count(self) -> int:
        """About how many messages there are in all queues, those that somebody is at included."""
        return sum(map(self._count, self._urls.values()))

    def _count(self, url: str) -> int:
        answer = call(client("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=list(_COUNTS))
        return sum(int(answer["Attributes"][name]) for name in _COUNTS)
