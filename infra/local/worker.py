"""One function, run in one warm child process with the environment and the role that were deployed for it."""

import io
import json
import os
import select
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.aws import REGION, Clients
from infra.local.role import Role


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """The result of one invocation: what the handler returned, or its error as Lambda reports it."""

    request_id: str
    payload: Any = None
    error: dict[str, Any] | None = None


class Worker:
    """Invokes a deployed function, one invocation at a time; safe to call from several threads."""

    def __init__(self, clients: Clients, function_name: str, directory: Path) -> None:
        described = clients("lambda").get_function(FunctionName=function_name)
        self.configuration: dict[str, Any] = described["Configuration"]
        self.arn: str = self.configuration["FunctionArn"]
        self.role = Role(clients, self.configuration["Role"])
        self._endpoint = clients.endpoint
        self._directory = directory / function_name
        self._folders = _unpacked(clients, described, self._directory)
        self._one_at_a_time = threading.Lock()
        self._child: _Child | None = None

    @property
    def log(self) -> Path:
        """What the function printed."""
        return self._directory / "output.log"

    def invoke(self, event: Any) -> Invocation:
        """Run the handler; a crash or a timeout is an error, and the next invocation gets a new process."""
        with self._one_at_a_time:
            request_id = str(uuid.uuid4())
            timeout = float(self.configuration["Timeout"])
            request = {"id": request_id, "arn": self.arn, "timeout": timeout, "event": event}
            answer = self._warm_child().ask(json.dumps(request).encode(), timeout)
            if "payload" in answer:
                return Invocation(request_id=request_id, payload=json.loads(answer["payload"]))
            if answer.get("gone"):
                self._end_child()
            return Invocation(request_id=request_id, error=answer["error"])

    def close(self) -> None:
        """End the process."""
        with self._one_at_a_time:
            self._end_child()
        self.role.close()

    def _warm_child(self) -> "_Child":
        credentials = self.role.credentials()
        if self._child is not None and self._child.access_key != credentials.access_key:
            self._end_child()
        if self._child is None:
            environment = self._environment(credentials.environment())
            self._child = _Child(
                credentials.access_key, self.configuration["Handler"], self._folders, environment, self.log
            )
        return self._child

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None

    def _environment(self, credentials: dict[str, str]) -> dict[str, str]:
        name = self.configuration["FunctionName"]
        return {
            "PATH": os.defpath,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "TMPDIR": str(self._directory),
            **self.configuration.get("Environment", {}).get("Variables", {}),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.configuration["MemorySize"]),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "LAMBDA_TASK_ROOT": str(self._folders[0]),
            "_HANDLER": self.configuration["Handler"],
            **credentials,
        }


class _Child:
    """The process and its pipes."""

    def __init__(
        self, access_key: str, handler: str, folders: list[Path], environment: dict[str, str], log: Path
    ) -> None:
        self.access_key = access_key
        lifeline, self._lifeline = os.pipe()
        requests, self._requests = os.pipe()
        self._responses, responses = os.pipe()
        inherited = [lifeline, requests, responses]
        script = Path(__file__).with_name("worker_child.py")
        arguments = [*map(str, inherited), handler, *map(str, folders)]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(script), *arguments],
                env=environment,
                cwd=folders[0],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=inherited,
                # Ctrl-C in the terminal is for us; we end the children.
                start_new_session=True,
            )
        for descriptor in inherited:
            os.close(descriptor)
        self._rest = b""

    def ask(self, request: bytes, timeout: float) -> dict[str, Any]:
        """The child's answer, or an error with `gone` when there is no child left to ask."""
        deadline = time.monotonic() + timeout
        try:
            _write(self._requests, request + b"\n")
            while b"\n" not in self._rest:
                ready, _, _ = select.select([self._responses], [], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    return _gone("Sandbox.Timedout", f"Task timed out after {timeout:.2f} seconds")
                received = os.read(self._responses, 1 << 20)
                if not received:
                    return _gone("Runtime.ExitError", f"Runtime exited with status {self._process.wait()}")
                self._rest += received
        except BrokenPipeError:
            return _gone("Runtime.ExitError", f"Runtime exited with status {self._process.wait()}")
        line, _, self._rest = self._rest.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Kill, reap and close; a function holds nothing that a kill would lose."""
        self._process.kill()
        self._process.wait()
        for descriptor in (self._lifeline, self._requests, self._responses):
            os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _gone(kind: str, message: str) -> dict[str, Any]:
    return {"gone": True, "error": {"errorType": kind, "errorMessage": message}}


def _unpacked(clients: Clients, described: dict[str, Any], directory: Path) -> list[Path]:
    """The folders a handler is imported from, as deployed: the code, then each layer's `python`."""
    code = directory / "code"
    _unpack(described["Code"]["Location"], code)
    folders = [code]
    for layer in described["Configuration"].get("Layers", []):
        # Functions share their layers; a layer's version never changes.
        folder = directory.parent / "layers" / layer["Arn"].replace(":", "_")
        if not folder.exists():
            content = clients("lambda").get_layer_version_by_arn(Arn=layer["Arn"])["Content"]
            _unpack(content["Location"], folder)
        folders.append(folder / "python")
    return folders


def _unpack(url: str, folder: Path) -> None:
    # The URL is the emulator's own answer.
    with urllib.request.urlopen(url) as response:  # noqa: S310
        archive = zipfile.ZipFile(io.BytesIO(response.read()))
    with archive:
        archive.extractall(folder)
