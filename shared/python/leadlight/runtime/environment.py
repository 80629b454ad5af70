"""The only module that reads the environment."""

import os
from dataclasses import dataclass
from functools import cached_property


class MissingSettingError(KeyError):
    """A variable that the function needs is not set."""


@dataclass(frozen=True)
class Environment:
    """What the stack tells a function. Each name is read when it is used, so no function needs them all."""

    @property
    def activities_table(self) -> str:
        """The facts."""
        return _required("LEADLIGHT_ACTIVITIES_TABLE")

    @property
    def leads_table(self) -> str:
        """The state items."""
        return _required("LEADLIGHT_LEADS_TABLE")

    @property
    def records_table(self) -> str:
        """Decision records, failed events, KPI measures."""
        return _required("LEADLIGHT_RECORDS_TABLE")

    @property
    def bucket(self) -> str:
        """Raw bodies of failed events."""
        return _required("LEADLIGHT_BUCKET")

    @property
    def bus(self) -> str:
        """The event bus."""
        return _required("LEADLIGHT_BUS")

    @property
    def failure_queues(self) -> dict[str, str]:
        """The URL of each consumer's dead-letter queue."""
        return {name: _required(f"LEADLIGHT_{name.upper()}_FAILURES") for name in ("nurture", "rollup", "sweep")}

    @property
    def secrets_prefix(self) -> str:
        """What the names of the sources' secrets start with."""
        return _required("LEADLIGHT_SECRETS_PREFIX")

    @property
    def forgotten_secret(self) -> str:
        """The secret that the ids of forgotten leads are hashed with."""
        return _required("LEADLIGHT_FORGOTTEN_SECRET")

    @property
    def retention_days(self) -> int:
        """How long counted facts count."""
        return int(os.environ.get("LEADLIGHT_RETENTION_DAYS", "400"))

    @property
    def runs_queue(self) -> str:
        """The queue of the pages that runs have still to do: its URL."""
        return _required("LEADLIGHT_RUNS_QUEUE")

    @property
    def documents_seconds(self) -> float:
        """For how long a function goes by the documents that it was told are in force."""
        return float(os.environ.get("LEADLIGHT_DOCUMENTS_SECONDS", "15"))

    @property
    def settle_seconds(self) -> int:
        """How long after a publish nobody goes by the old documents any more."""
        return int(_required("LEADLIGHT_SETTLE_SECONDS"))

    @property
    def fold_plus_tags(self) -> bool:
        """Whether an address with a plus tag is the same person as the one without."""
        return os.environ.get("LEADLIGHT_FOLD_PLUS_TAGS") == "true"

    @cached_property
    def in_lambda(self) -> bool:
        """Whether this is a function's sandbox."""
        return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def _required(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise MissingSettingError(f"{name} is not set: the stack sets it for the functions that use it") from None
