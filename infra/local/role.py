"""The credentials of a function's role, so that an emulator that enforces IAM enforces that role's grants."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.aws import Clients

_RENEW_BEFORE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class RoleCredentials:
    """One session of a role."""

    access_key: str
    secret_key: str
    token: str
    expires: datetime

    def environment(self) -> dict[str, str]:
        """The session as the SDKs read it."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.token,
        }


class Role:
    """Assumes a role and renews the session in time."""

    def __init__(self, clients: Clients, arn: str) -> None:
        self.arn = arn
        self._clients = clients
        self._lock = threading.Lock()
        self._current: RoleCredentials | None = None
        self._bound: tuple[str, Clients] | None = None

    def credentials(self) -> RoleCredentials:
        """A session that is good for some minutes yet."""
        with self._lock:
            if self._current is None or self._current.expires - datetime.now(UTC) < _RENEW_BEFORE:
                self._current = self._assumed()
            return self._current

    def clients(self) -> Clients:
        """Clients that act as the role."""
        session = self.credentials()
        with self._lock:
            if self._bound is None or self._bound[0] != session.access_key:
                if self._bound is not None:
                    self._bound[1].close()
                bound = Clients(
                    self._clients.endpoint,
                    access_key=session.access_key,
                    secret_key=session.secret_key,
                    token=session.token,
                )
                self._bound = (session.access_key, bound)
            return self._bound[1]

    def close(self) -> None:
        """Close the clients' connections."""
        with self._lock:
            if self._bound is not None:
                self._bound[1].close()
                self._bound = None

    def _assumed(self) -> RoleCredentials:
        assumed: dict[str, Any] = self._clients("sts").assume_role(RoleArn=self.arn, RoleSessionName="local")[
            "Credentials"
        ]
        return RoleCredentials(
            access_key=assumed["AccessKeyId"],
            secret_key=assumed["SecretAccessKey"],
            token=assumed["SessionToken"],
            expires=assumed["Expiration"],
        )
