"""What may differ between two deployments of Leadlight, read from cdk.json's context and validated."""

import platform
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from infra.sizing import LONGEST_SCORING

ENVIRONMENT_KEY = "leadlight:environment"
ENVIRONMENTS_KEY = "leadlight:environments"

Machine = Literal["arm64", "x86_64"]
# What CloudWatch Logs accepts; any other number fails at deploy time only.
LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653]
SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class SettingsError(ValueError):
    """A setting in cdk.json is missing or wrong; the message names the key and what it may be."""


class Settings(BaseModel):
    """One environment's settings; every one but the stack's name has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    environment: str
    stack_name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,39}$")
    architecture: Literal["arm64", "x86_64", "host"] = "arm64"
    removal: Literal["retain", "destroy"] = "retain"
    retention_days: int = Field(default=400, ge=400, le=3650)  # the longest window, history and margin
    log_retention_days: LogRetentionDays = 90
    log_level: Literal["DEBUG", "INFO", "WARN", "ERROR"] = "INFO"
    fold_plus_tags: bool = False  # ada+news@acme.com is ada@acme.com; leads stored before keep their names
    documents_seconds: int = Field(default=15, ge=1, le=300)  # how long a function goes by what it knows is published
    settle_seconds: int = Field(default=90, ge=1, le=900)  # at least that, and the longest invocation that scores
    settle_early: bool = False  # the local emulator alone: less than that, since its functions take no minute
    throttle_rate: int = Field(default=500, ge=1, le=10_000)
    throttle_burst: int = Field(default=1_000, ge=1, le=5_000)
    iterator_age_alarm_seconds: int = Field(default=60, ge=1, le=86_400)
    alarm_email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    sources: Annotated[tuple[SourceName, ...], Field(min_length=1, strict=False)] = ("cloudevents", "segment")

    models: Annotated[tuple[str, ...], Field(strict=False)] = ()
    catalogue: str | None = None

    @model_validator(mode="after")
    def _settles(self) -> "Settings":
        if self.settle_early:
            if self.architecture != "host":
                raise ValueError(
                    '"settle_early" is for the local emulator, whose "architecture" is "host": leave it out'
                )
            return self
        least = self.documents_seconds + LONGEST_SCORING
        if self.settle_seconds < least:
            raise ValueError(
                f'"settle_seconds" is {self.settle_seconds}, the smallest allowed is {least}: "documents_seconds" '
                f"({self.documents_seconds}) and the longest invocation that scores ({LONGEST_SCORING}), since a "
                "function may go by the documents before for so long after a publish"
            )
        return self

    @property
    def machine(self) -> Machine:
        """The functions' architecture; `host` is the machine that builds, for the local emulator."""
        return host_machine() if self.architecture == "host" else self.architecture


def host_machine() -> Machine:
    """The building machine's architecture in Lambda's words."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def read_settings(context: Mapping[str, Any]) -> Settings:
    """The chosen environment's settings.

    Raises:
        SettingsError: naming the key in cdk.json and the allowed values.
    """
    environments = context.get(ENVIRONMENTS_KEY)
    if not isinstance(environments, Mapping) or not environments:
        raise SettingsError(f'cdk.json: context "{ENVIRONMENTS_KEY}" must map environment names to settings')
    name = context.get(ENVIRONMENT_KEY)
    if name not in environments:
        known = ", ".join(sorted(environments))
        raise SettingsError(f'cdk.json: context "{ENVIRONMENT_KEY}" is {name!r}; allowed: {known}')
    try:
        return Settings.model_validate({**environments[name], "environment": name})
    except ValidationError as error:
        lines = [_sentence(name, detail) for detail in error.errors()]
        raise SettingsError("\n".join(lines)) from error


def _sentence(name: object, detail: ErrorDetails) -> str:
    if not detail["loc"]:  # of several settings, which it names
        return f'cdk.json: "{ENVIRONMENTS_KEY}" > "{name}": {detail["msg"].removeprefix("Value error, ")}'
    key = ".".join(str(part) for part in detail["loc"])
    where = f'cdk.json: "{ENVIRONMENTS_KEY}" > "{name}" > "{key}"'
    match detail["type"]:
        case "extra_forbidden":
            return f"{where} is no setting; allowed: {', '.join(sorted(Settings.model_fields))}"
        case "missing":
            return f"{where} is missing"
        case "literal_error":
            return f"{where} is {detail['input']!r}; allowed: {detail['ctx']['expected']}"
        case _:
            return f"{where} is {detail['input']!r}; {detail['msg']}"
