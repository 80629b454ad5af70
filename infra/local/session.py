"""The whole stack, running on this machine for the duration of a block: `with local_stack() as stack: ...`."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from infra.local.assembly import synthesize
from infra.local.aws import Clients
from infra.local.capture import Capture, CapturedEvent
from infra.local.deliveries import Deliverer, function_targets
from infra.local.deploy import Deployed, deploy
from infra.local.emulator import Emulator, emulator
from infra.local.expiry import expire_items
from infra.local.http_client import HttpClient, make_operator
from infra.local.stream_access import open_to_all, stream_check
from infra.local.stream_mapper import StreamMapper
from infra.local.stream_reader import StreamReader
from infra.local.worker import Worker

IDLE_SECONDS = 60.0


class FunctionFailed(RuntimeError):
    """An invoked function raised; the message is its error document."""


class NotIdle(TimeoutError):
    """Work was still going on when the time to wait was over."""


@dataclass(kw_only=True)
class LocalStack:
    """A deployed stack: the API, the clients, what flows, and when it has all flowed."""

    emulator: Emulator
    clients: Clients
    deployed: Deployed
    http: HttpClient
    capture: Capture
    secrets: dict[str, str]
    mappers: dict[str, StreamMapper]
    deliverers: list[Deliverer]
    queues: list[str] = field(default_factory=list)  # that the emulator brings to functions itself
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The API's base URL, without a slash at the end."""
        return self.http.url

    @property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs."""
        return self.deployed.outputs

    def invoke(self, function: str, payload: Any) -> Any:
        """Run a deployed function by its short name (`rollup`) or full name and return what it returned.

        Raises:
            FunctionFailed: the handler raised.
        """
        name = self.outputs.get(f"{function.title()}Function", function)
        answer = self.clients("lambda").invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        result = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            raise FunctionFailed(json.dumps(result, indent=1))
        return result

    def events(self, detail_type: str | None = None) -> list[CapturedEvent]:
        """All events of the bus so far, or those of one detail type."""
        return [event for event in self.capture.events() if detail_type in (None, event.detail_type)]

    def wait_idle(self, timeout: float = IDLE_SECONDS) -> None:
        """Return once nothing flows any more: queues empty, streams drained, outboxes published, events delivered.

        Each part must have looked again, and found nothing, after every other part was seen idle: the work of
        one is the input of the next.

        Raises:
            NotIdle: there still was work after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout

        def wait(busy: Callable[[], object], *, seconds: float) -> None:
            while busy():
                if time.monotonic() > deadline:
                    raise NotIdle(self._doing())
                time.sleep(seconds)

        while True:
            # In this order: what was invoked before is then also written before the looks that count.
            wait(self._queued, seconds=0.05)
            before, began = self._invocations(), time.monotonic()
            for part in self.parts():
                part.poller.wake()
                wait(partial(part.poller.works_since, began), seconds=0.005)
            if self._invocations() == before:
                return

    def expire(self, table: str, *, now: float | None = None) -> int:
        """Delete the items of a table (`Activities`) whose time to live is over, as DynamoDB would; how many."""
        name = self.outputs[f"{table}Table"]
        streams = [mapper.reader for mapper in self.mappers.values()]
        readers = [reader for reader in streams if f":table/{name}/" in reader.stream_arn]
        due = time.time() if now is None else now
        return expire_items(self.clients, name, self.deployed.expiry[name], readers, now=due)

    def errors(self) -> list[dict[str, Any]]:
        """The errors of functions that streams and rules invoked, retried or not."""
        return [error for part in self.parts() for error in part.errors]

    def logs(self) -> str:
        """What every function printed, whoever ran it, and what the emulator says itself."""
        files = [self.emulator.log, *sorted((self.emulator.directory / "functions").glob("*/output.log"))]
        printed = [path.read_text(errors="replace") for path in files if path.exists()]
        logs = self.clients("logs")
        for group in logs.describe_log_groups()["logGroups"]:
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                printed += [event["message"] for event in page["events"]]
        return "\n".join(printed)

    def close(self) -> None:
        """Stop what flows; the functions' processes end with it."""
        for part in self.parts():
            part.close()
        for part in self.parts():
            part.worker.close()
        self.http.close()

    def parts(self) -> list[StreamMapper | Deliverer]:
        """All that reads and invokes."""
        return [*self.mappers.values(), *self.deliverers]

    def _invocations(self) -> int:
        return sum(part.invocations for part in self.parts())

    def _queued(self) -> int:
        """Messages that wait, are in a function's hands, or are to come later."""
        names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
        read = self.clients("sqs").get_queue_attributes
        found = [read(QueueUrl=url, AttributeNames=names)["Attributes"] for url in self.queues]
        return sum(int(each[name]) for each in found for name in names)

    def _doing(self) -> str:
        busy = ", ".join(part.poller.name for part in self.parts() if part.poller.idle_since() == 0)
        return f"still at work: {busy or 'nothing seen'}; {self._queued()} messages; last errors: {self.errors()[-2:]}"


@contextmanager
def local_stack(
    *, auth: bool = False, assembly: Path | None = None, stack_name: str | None = None
) -> Iterator[LocalStack]:
    """Run the stack; with `auth` every call is checked against the grants of its caller's role.

    `assembly` replaces the synthesized one, for trials.
    """
    clock = _Clock()
    folder = assembly or synthesize()
    clock.lap("synthesize")
    with emulator(auth=auth) as running:
        clock.lap("start emulator")
        with closing(Clients(running.endpoint)) as clients:
            deployed = deploy(clients, folder, stack_name=stack_name)
            clock.lap("deploy")
            with closing(_wired(running, clients, deployed)) as stack:
                clock.lap("start mappers")
                stack.seconds.update(clock.seconds)
                yield stack


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.seconds[name], self._last = now - self._last, now


def _wired(running: Emulator, clients: Clients, deployed: Deployed) -> LocalStack:
    api_id = deployed.resources["AWS::ApiGatewayV2::Api"][0]
    bus = deployed.outputs["Bus"]
    # The URL that works without a name server; the deployed one is https://<id>.execute-api....
    url = f"{running.endpoint}/_aws/execute-api/{api_id}"
    stack = LocalStack(
        emulator=running,
        clients=clients,
        deployed=deployed,
        http=HttpClient(url, make_operator(clients, api_id)),
        capture=Capture(clients, bus),
        secrets=_filled_secrets(clients, deployed),
        mappers={},
        deliverers=[],
    )
    _start_parts(stack, bus)
    return stack


def _start_parts(stack: LocalStack, bus: str) -> None:
    directory = stack.emulator.directory / "functions"

    @cache
    def worker_of(arn: str) -> Worker:
        return Worker(stack.clients, arn.rsplit(":", 1)[-1], directory)

    def wake_all() -> None:
        for part in stack.parts():
            part.poller.wake()

    for mapping in stack.clients("lambda").list_event_source_mappings()["EventSourceMappings"]:
        if ":sqs:" in mapping["EventSourceArn"]:
            name = mapping["EventSourceArn"].rsplit(":", 1)[-1]
            stack.queues.append(stack.clients("sqs").get_queue_url(QueueName=name)["QueueUrl"])
            continue
        worker = worker_of(mapping["FunctionArn"])
        stream_arn = mapping["EventSourceArn"]
        reader = StreamReader(stack.emulator.endpoint, stream_arn)
        enforced = stack.emulator.auth
        check = stream_check(stack.clients, worker.role.arn, stream_arn) if enforced else open_to_all
        name = _short_name(stack.outputs, worker.configuration["FunctionName"])
        stack.mappers[name] = StreamMapper(mapping, reader, worker, check_access=check, on_invoked=wake_all)
    for target in function_targets(stack.clients, bus):
        worker = worker_of(target.function_arn)
        stack.deliverers.append(Deliverer(stack.clients, target, worker, on_invoked=wake_all))
    for part in stack.parts():
        part.poller.start()


def _short_name(outputs: dict[str, str], function_name: str) -> str:
    for key, value in outputs.items():
        if key.endswith("Function") and value == function_name:
            return key.removesuffix("Function").lower()
    return function_name


def _filled_secrets(clients: Clients, deployed: Deployed) -> dict[str, str]:
    """A random value for each source's secret, by the source's name, as an operator would put the vendor's."""
    values = {}
    for name in deployed.resources.get("AWS::SecretsManager::Secret", []):
        source = clients("secretsmanager").describe_secret(SecretId=name)["Name"].rsplit("/", 1)[-1]
        values[source] = secrets.token_hex(24)
        clients("secretsmanager").put_secret_value(SecretId=name, SecretString=values[source])
    return values
