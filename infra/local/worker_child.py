"""A function's process: a script on a bare interpreter, so that only the layer and the code can be imported.

Arguments: lifeline, request and response descriptors, the handler, then the folders of code and layers.
Requests and responses are JSON lines on their own pipes; what the function prints goes to its log.
"""

import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

# Isolated mode leaves a script's own folder off the path.
sys.path.insert(0, str(Path(__file__).parent))
from guard import watch  # type: ignore[import-not-found]

sys.path.pop(0)


class Context:
    """The second argument of a handler, as AWS documents it for Python."""

    client_context = None
    identity = None

    def __init__(self, request: dict[str, Any]) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.invoked_function_arn: str = request["arn"]
        self.aws_request_id: str = request["id"]
        self._deadline: float = time.monotonic() + request["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until this process is stopped for taking too long."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def main() -> None:
    """Load the handler, then answer requests until the pipe closes."""
    lifeline, requests, responses = (int(argument) for argument in sys.argv[1:4])
    handler_name, folders = sys.argv[4], sys.argv[5:]
    watch(lifeline, lambda: os._exit(0))
    sys.path[:0] = folders
    module, _, name = handler_name.rpartition(".")
    with os.fdopen(requests, "rb") as incoming, os.fdopen(responses, "wb") as outgoing:
        handler, failure = None, None
        try:
            handler = getattr(importlib.import_module(module.replace("/", ".")), name)
        except BaseException as problem:  # noqa: BLE001 - whatever it is, it is the answer
            failure = _described(problem)
        for line in incoming:
            request = json.loads(line)
            answer = {"error": failure} if handler is None else _invoke(handler, request)
            outgoing.write(json.dumps(answer).encode() + b"\n")
            outgoing.flush()


def _invoke(handler: Any, request: dict[str, Any]) -> dict[str, Any]:
    try:
        # Encoded here already: what JSON cannot carry is the function's error.
        return {"payload": json.dumps(handler(request["event"], Context(request)))}
    except BaseException as problem:  # noqa: BLE001 - whatever it is, it is the answer
        return {"error": _described(problem)}
    finally:
        sys.stdout.flush()


def _described(problem: BaseException) -> dict[str, Any]:
    traceback.print_exception(problem)
    return {
        "errorType": type(problem).__name__,
        "errorMessage": str(problem),
        "stackTrace": traceback.format_tb(problem.__traceback__),
    }


if __name__ == "__main__":
    main()
