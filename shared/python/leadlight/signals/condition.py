"""A test on one value: a trait of a lead, or a property of an activity."""

import re
from functools import cache, cached_property
from math import isfinite

import msgspec

from leadlight.activity.activity import Scalar

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


class Condition(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """A test on one value: all that are given must hold. Text is compared without regard to case."""

    matches: str | None = None
    any_of: tuple[Scalar, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    exists: bool | None = None
    none_of: tuple[Scalar, ...] | None = None
    starts_with: str | None = None
    ends_with: str | None = None

    def holds(self, value: Scalar | None) -> bool:
        """Whether the value, or its absence, meets the condition."""
        if value is None or self.exists is False:
            return value is None and self.exists is False
        if self.any_of is not None and _folded(value) not in self._any:
            return False
        if self.none_of is not None and _folded(value) in self._none:
            return False
        return self._reads(value) and self._in_band(value)

    @cached_property
    def _any(self) -> frozenset[str]:
        return frozenset(map(_folded, self.any_of or ()))

    @cached_property
    def _none(self) -> frozenset[str]:
        return frozenset(map(_folded, self.none_of or ()))

    def _reads(self, value: Scalar) -> bool:
        if self.matches is not None and not _pattern(self.matches).search(str(value)):
            return False
        if self.starts_with is not None and not _folded(value).startswith(_folded(self.starts_with)):
            return False
        return self.ends_with is None or _folded(value).endswith(_folded(self.ends_with))

    def _in_band(self, value: Scalar) -> bool:
        if self.at_least is None and self.at_most is None:
            return True
        number = as_number(value)
        if number is None:
            return False
        above = self.at_least is None or number >= self.at_least
        return above and (self.at_most is None or number <= self.at_most)


def no_pattern(expression: str) -> str:
    """Why a text is no regular expression; empty where it is one."""
    try:
        re.compile(expression, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return ""


def as_number(value: Scalar) -> float | None:
    """A finite number from what tools send for one: 120, "120", "1,200.50"; None for anything else.

    A comma that does not set thousands apart says nothing for sure: "12,50" is no number.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.replace(",", "") if _THOUSANDS.fullmatch(value.strip()) else value
        if "," in value or "_" in value:
            return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


@cache
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


def _folded(value: Scalar) -> str:
    return str(value).strip().lower()
