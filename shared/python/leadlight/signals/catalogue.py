"""The signal catalogue: one per stack, versioned apart from the scoring models."""

import re
from collections.abc import Mapping
from functools import cache, cached_property
from math import isfinite

import msgspec

from leadlight.activity.activity import Scalar


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """A test on one property: all that are given must hold. Text is compared without regard to case."""

    matches: str | None = None
    any_of: tuple[Scalar, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    exists: bool | None = None

    def holds(self, value: Scalar | None) -> bool:
        """Whether the value, or its absence, meets the condition."""
        if value is None:
            return self.exists is False
        if self.exists is False:
            return False
        if self.matches is not None and not _pattern(self.matches).search(str(value)):
            return False
        if self.any_of is not None and _folded(value) not in {_folded(item) for item in self.any_of}:
            return False
        return self._in_band(value)

    def _in_band(self, value: Scalar) -> bool:
        if self.at_least is None and self.at_most is None:
            return True
        number = as_number(value)
        if number is None:
            return False
        above = self.at_least is None or number >= self.at_least
        return above and (self.at_most is None or number <= self.at_most)


class SignalRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """An activity of this type, whose properties meet every condition, is this signal."""

    signal: str
    activity: str
    when: dict[str, Condition] = msgspec.field(default_factory=dict)
    label: str = ""


class Catalogue(msgspec.Struct, frozen=True, dict=True):
    """What each activity means."""

    version: int
    signals: tuple[SignalRule, ...]

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[SignalRule, ...]]:
        types = dict.fromkeys(rule.activity for rule in self.signals)
        return {name: tuple(rule for rule in self.signals if rule.activity == name) for name in types}

    def knows(self, activity_type: str) -> bool:
        """Whether any signal reads activities of this type."""
        return activity_type in self._by_type

    @property
    def activity_types(self) -> tuple[str, ...]:
        """Every activity type that some signal reads."""
        return tuple(self._by_type)

    def signals_of(self, activity_type: str, properties: Mapping[str, Scalar]) -> tuple[str, ...]:
        """The signals that one activity gives, each once; none where it means nothing to scoring."""
        return tuple(
            dict.fromkeys(
                rule.signal
                for rule in self._by_type.get(activity_type, ())
                if all(condition.holds(properties.get(name)) for name, condition in rule.when.items())
            )
        )


def as_number(value: Scalar) -> float | None:
    """A finite number from what tools send for one: 120, "120", "1,200"; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value.replace(",", "")) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


@cache
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


def _folded(value: Scalar) -> str:
    return str(value).strip().lower()
