"""Whether a function's role may read its stream, as Lambda demands of it.

The emulator would check a stream call against every resource, which no sound grant covers; so the streams are
read as root, and the role's policies are evaluated here for the stream itself.
"""

import time
from collections.abc import Callable

from infra.local.aws import Clients

ACTIONS = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
CHECK_SECONDS = 1.0


class StreamDenied(PermissionError):
    """The role lacks the actions that the message names."""


def open_to_all() -> None:
    """The check when IAM is not enforced."""


def stream_check(clients: Clients, role_arn: str, stream_arn: str) -> Callable[[], None]:
    """A check that may be called often and asks now and then; it raises StreamDenied."""
    next_at = 0.0

    def check() -> None:
        nonlocal next_at
        if time.monotonic() < next_at:
            return
        next_at = time.monotonic() + CHECK_SECONDS
        results = clients("iam").simulate_principal_policy(
            PolicySourceArn=role_arn, ActionNames=ACTIONS, ResourceArns=[stream_arn]
        )["EvaluationResults"]
        denied = [result["EvalActionName"] for result in results if result["EvalDecision"] != "allowed"]
        if denied:
            raise StreamDenied(f"{role_arn} may not {', '.join(denied)} on {stream_arn}")

    return check
