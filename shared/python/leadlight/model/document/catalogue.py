"""The signal catalogue as people write it."""

from typing import Annotated

from pydantic import Field

from leadlight.model.document.values import Name, Part
from leadlight.signals import Catalogue, Condition, SignalRule


class ConditionPart(Part):
    """A test on a trait or a property."""

    matches: str | None = None
    any_of: list[str | int | float | bool] | None = None
    at_least: float | None = None
    at_most: float | None = None
    exists: bool | None = None

    def published(self) -> Condition:
        """The condition as the engine reads it."""
        values = self.model_dump()
        return Condition(**{**values, "any_of": None if self.any_of is None else tuple(self.any_of)})


class SignalPart(Part):
    """One rule of the signal catalogue."""

    signal: Name
    activity: Name
    when: dict[str, ConditionPart] = Field(default_factory=dict)
    label: str = ""


class CataloguePart(Part):
    """The signal catalogue."""

    version: Annotated[int, Field(ge=1)]
    signals: list[SignalPart]

    def published(self) -> Catalogue:
        """The catalogue as the engine reads it."""
        rules = (
            SignalRule(
                signal=rule.signal,
                activity=rule.activity,
                when={name: condition.published() for name, condition in rule.when.items()},
                label=rule.label,
            )
            for rule in self.signals
        )
        return Catalogue(version=self.version, signals=tuple(rules))
