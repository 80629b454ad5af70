"""The emulator as a child process: loopback only, private files, gone when we are gone."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

START_ATTEMPTS = 3
READY_SECONDS = 60.0
STOP_SECONDS = 5.0


class EmulatorFailed(RuntimeError):
    """The emulator did not come up; the message ends with the last lines of its log."""


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """A running emulator. `directory` holds all its files and is removed with it."""

    port: int
    auth: bool
    directory: Path
    process_id: int

    @property
    def endpoint(self) -> str:
        """The base URL of every service."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the emulator wrote to its output."""
        return self.directory / "emulator.log"


@contextmanager
def emulator(*, auth: bool = False) -> Iterator[Emulator]:
    """Run an emulator for the duration of the block; `auth` makes it enforce IAM policies."""
    directory = Path(tempfile.mkdtemp(prefix="leadlight-local-"))
    try:
        process, running, lifeline = _start(directory, auth=auth)
        try:
            yield running
        finally:
            _stop(process, lifeline)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _start(directory: Path, *, auth: bool) -> tuple[subprocess.Popen[bytes], Emulator, int]:
    for attempt in range(1, START_ATTEMPTS + 1):
        port = _free_port()
        reading, writing = os.pipe()
        process = _spawn(directory, port, reading, auth=auth)
        os.close(reading)
        running = Emulator(port=port, auth=auth, directory=directory, process_id=process.pid)
        try:
            _await_ready(process, running)
        except BaseException as problem:
            _stop(process, writing)
            # Between choosing a port and binding it, someone else may take it.
            if isinstance(problem, EmulatorFailed) and attempt < START_ATTEMPTS and "in use" in str(problem):
                continue
            raise
        return process, running, writing
    raise AssertionError("unreachable")


def _spawn(directory: Path, port: int, lifeline: int, *, auth: bool) -> subprocess.Popen[bytes]:
    temporary = directory / "tmp"
    temporary.mkdir(exist_ok=True)
    child = Path(__file__).with_name("emulator_child.py")
    with (directory / "emulator.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, str(child), str(lifeline), str(directory)],
            env=_environment(temporary, port, auth=auth),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[lifeline],
            start_new_session=True,
        )


def _environment(temporary: Path, port: int, *, auth: bool) -> dict[str, str]:
    """Only these: what the user's shell holds (credentials, PYTHONPATH) must not reach the functions."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(temporary),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": str(temporary),
        "STATE_DIR": str(temporary / "state"),
        "S3_DATA_DIR": str(temporary / "s3"),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "AUTH": "true" if auth else "false",
        "LOG_LEVEL": "WARNING",
        # Each would open a port of its own or look for a daemon of the host.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{temporary}/no-docker.sock",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(process: subprocess.Popen[bytes], running: Emulator) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmulatorFailed(f"the emulator ended with status {process.returncode}\n{_tail(running.log)}")
        if _answers(running.port):
            return
        time.sleep(0.02)
    raise EmulatorFailed(f"the emulator was not ready after {READY_SECONDS:.0f} s\n{_tail(running.log)}")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def _stop(process: subprocess.Popen[bytes], lifeline: int) -> None:
    """Cut the lifeline; the group that is still there after a moment is killed."""
    os.close(lifeline)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
