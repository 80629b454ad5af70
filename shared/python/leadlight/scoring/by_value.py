from collections.abc import Callable, Sequence
from typing import TypeVar

from leadlight.activity import Scalar
from leadlight.scoring.memo import Memo
from leadlight.signals import Condition

Value = Scalar | None
ResultT = TypeVar("ResultT")


class ByValue(Memo[Value, ResultT]):
    """A memo by a trait's value, of a function that only asks whether conditions hold.

    1, 1.0 and True are one key to a dict. To bands 1 and 1.0 are the same, and 0 and 1 are left out, so that no
    boolean is taken for one; elsewhere whole numbers have a memo of their own.
    """

    __slots__ = ("_bands", "_numbers")

    def __init__(self, function: Callable[[Value], ResultT], conditions: Sequence[Condition]) -> None:
        super().__init__(function)
        self._bands = all(map(_is_band, conditions))
        self._numbers = Memo[int, ResultT](function)

    def __missing__(self, value: Value) -> ResultT:
        if value is None or type(value) is str or (self._bands and value not in (0, 1)):
            return super().__missing__(value)
        if type(value) is int:
            return self._numbers[value]
        return self._function(value)  # a boolean, or a float, both rare


class ByPresence(dict[Value, ResultT]):
    """The same where conditions only ask whether there is a value: phone numbers are not worth remembering."""

    __slots__ = ("_present",)

    def __init__(self, function: Callable[[Value], ResultT]) -> None:
        super().__init__({None: function(None)})
        self._present = function("any")

    def __missing__(self, value: Value) -> ResultT:
        return self._present


def by_value(function: Callable[[Value], ResultT], conditions: Sequence[Condition]) -> dict[Value, ResultT]:
    """A memo of what depends on the conditions alone."""
    present = all(condition == Condition(exists=condition.exists) for condition in conditions)
    return ByPresence(function) if present else ByValue(function, conditions)


def _is_band(condition: Condition) -> bool:
    return condition == Condition(at_least=condition.at_least, at_most=condition.at_most, exists=condition.exists)
