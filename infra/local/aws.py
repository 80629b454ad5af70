"""Clients bound to the emulator, whatever the user's AWS configuration says."""

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT = "000000000000"
# The emulator's root identity; it listens on loopback only.
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105 - no secret
BOOTSTRAP_QUALIFIER = "hnb659fds"

_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 2},
    max_pool_connections=16,
    s3={"addressing_style": "path"},
    connect_timeout=5,
    read_timeout=120,
)


class Clients:
    """One client per service, made when first asked for; clients may be shared between threads."""

    def __init__(
        self,
        endpoint: str,
        *,
        access_key: str = ACCESS_KEY,
        secret_key: str = SECRET_KEY,
        token: str | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.session = boto3.Session(
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=token,
            region_name=REGION,
            botocore_session=_isolated(),
        )
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """The client of `service`, for example `clients("dynamodb")`."""
        if service not in self._made:
            self._made[service] = self.session.client(service, endpoint_url=self.endpoint, config=_CONFIG)  # type: ignore[call-overload]
        return self._made[service]

    def close(self) -> None:
        """Close the connections of every client."""
        for client in self._made.values():
            client.close()
        self._made.clear()


def _isolated() -> botocore.session.Session:
    """A session that reads neither AWS_PROFILE nor the files in ~/.aws."""
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    return session
