import time

from leadlight.adapters.clients import call, client
from leadlight.ports import Unavailable

_KEPT_SECONDS = 300.0


class CachedSecrets:
    """Secrets Manager, asked at most every five minutes per source, so that a rotated secret is soon seen."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._held: dict[str, tuple[float, str]] = {}

    def of(self, source: str) -> str:
        """A source's secret; empty where it has none."""
        held = self._held.get(source)
        if held and time.monotonic() - held[0] < _KEPT_SECONDS:
            return held[1]
        secret = self._ask(source)
        self._held[source] = (time.monotonic(), secret)
        return secret

    def _ask(self, source: str) -> str:
        secrets = client("secretsmanager")
        try:
            answer = call(secrets.get_secret_value, SecretId=self._prefix + source)
        except Unavailable as error:
            if isinstance(error.__cause__, secrets.exceptions.ResourceNotFoundException):
                return ""
            raise
        return str(answer["SecretString"])
