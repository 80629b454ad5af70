from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A webhook as it came over HTTP. `body` is raw: signatures are checked on these bytes."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header's value whatever case its name came in; empty where it is absent."""
        wanted = name.lower()
        for key, value in self.headers.items():
            if key.lower() == wanted:
                return value
        return ""


class Secrets(Protocol):
    """The webhook sources' secrets."""

    def of(self, source: str) -> str:
        """A source's secret; empty where it has none."""
