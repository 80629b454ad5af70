"""EventBridge's deliveries to functions: every matched event, once at a time, retried, then to the dead letters.

The emulator starts one process per event at once and forgets an event whose function failed. So the rules keep
matching there, but their function targets are pointed at a queue of ours; from it we invoke the function as
Lambda does for an asynchronous event: two more attempts, then the function's failure destination.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.aws import ACCOUNT, REGION, Clients
from infra.local.poller import Poller
from infra.local.worker import Worker

ATTEMPTS = 3
RETRY_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Target:
    """A rule's target that is a function."""

    rule: str
    bus: str
    function_arn: str
    described: dict[str, Any]


def function_targets(clients: Clients, bus: str) -> list[Target]:
    """The function targets of the bus's rules."""
    events = clients("events")
    return [
        Target(rule=rule["Name"], bus=bus, function_arn=target["Arn"], described=target)
        for rule in events.list_rules(EventBusName=bus)["Rules"]
        for target in events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
        if ":function:" in target["Arn"]
    ]


def make_queue(clients: Clients, name: str) -> tuple[str, str]:
    """A queue that EventBridge may send to: its URL and its ARN."""
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    url: str = clients("sqs").create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
    return url, arn


class Deliverer:
    """Takes one target's events from its queue to the function until closed."""

    def __init__(self, clients: Clients, target: Target, worker: Worker, *, on_invoked: Callable[[], object]) -> None:
        self.poller = Poller(f"deliveries of {target.rule}", self._turn)
        self.invocations = 0
        self.errors: list[dict[str, Any]] = []
        self.lost: list[Any] = []
        self.worker = worker
        self._clients = clients
        self._queue, arn = make_queue(clients, f"local-{target.rule}"[:80])
        self._dead_letters = _failure_queue(clients, worker)
        self._on_invoked = on_invoked
        clients("events").put_targets(
            Rule=target.rule, EventBusName=target.bus, Targets=[_pointed_at(target.described, arn)]
        )

    def close(self) -> None:
        """Stop after the invocation in flight."""
        self.poller.close()

    def _turn(self) -> bool:
        answer = self._clients("sqs").receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        if messages:
            self.poller.working()
            for message in messages:
                self._deliver(json.loads(message["Body"]))
            self._forget(messages)
        return bool(messages)

    def _deliver(self, event: Any) -> None:
        for attempt in range(ATTEMPTS):
            invocation = self.worker.invoke(event)
            self.invocations += 1
            self._on_invoked()
            if invocation.error is None:
                return
            self.errors.append(invocation.error)
            if attempt + 1 < ATTEMPTS and self.poller.pause(RETRY_SECONDS):
                return
        if self._dead_letters is None:
            self.lost.append(event)
        else:
            self._clients("sqs").send_message(QueueUrl=self._dead_letters, MessageBody=json.dumps(event))

    def _forget(self, messages: list[dict[str, Any]]) -> None:
        entries = [{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(messages)]
        self._clients("sqs").delete_message_batch(QueueUrl=self._queue, Entries=entries)


def _pointed_at(described: dict[str, Any], arn: str) -> dict[str, Any]:
    kept = ("Id", "Input", "InputPath", "InputTransformer")
    return {**{key: described[key] for key in kept if key in described}, "Arn": arn}


def _failure_queue(clients: Clients, worker: Worker) -> str | None:
    """The queue that Lambda sends an event to when the function keeps failing on it."""
    arn = worker.configuration.get("DeadLetterConfig", {}).get("TargetArn") or _destination(clients, worker)
    if not arn or ":sqs:" not in arn:
        return None
    url: str = clients("sqs").get_queue_url(QueueName=arn.rsplit(":", 1)[-1])["QueueUrl"]
    return url


def _destination(clients: Clients, worker: Worker) -> str | None:
    lambda_ = clients("lambda")
    name = worker.configuration["FunctionName"]
    try:
        described = lambda_.get_function_event_invoke_config(FunctionName=name, Qualifier="$LATEST")
    except lambda_.exceptions.ResourceNotFoundException:
        return None
    destination: str | None = described.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    return destination
