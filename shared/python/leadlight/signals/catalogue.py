"""The signal catalogue: one per stack, versioned apart from the scoring models."""

from collections.abc import Mapping
from functools import cached_property

import msgspec

from leadlight.activity.activity import Scalar
from leadlight.guard.rules import OFF, Guard
from leadlight.signals.condition import Condition, as_number

__all__ = ["Catalogue", "Condition", "SignalRule", "as_number"]


class SignalRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """An activity of this type, whose properties meet every condition, is this signal."""

    signal: str
    activity: str
    when: dict[str, Condition] = msgspec.field(default_factory=dict)
    label: str = ""


class Catalogue(msgspec.Struct, frozen=True, dict=True):
    """What each activity means, and which of them are machines'."""

    version: int
    signals: tuple[SignalRule, ...]
    guard: Guard = OFF

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[SignalRule, ...]]:
        types = dict.fromkeys(rule.activity for rule in self.signals)
        return {name: tuple(rule for rule in self.signals if rule.activity == name) for name in types}

    def knows(self, activity_type: str) -> bool:
        """Whether any signal, or the bot guard, reads activities of this type."""
        return activity_type in self._by_type or activity_type in self.guard.watched

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
