from collections.abc import Callable
from typing import TypeVar

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class Memo(dict[KeyT, ValueT]):
    """What a pure function gave, by its argument. It forgets everything when it has grown to `most`.

    To look up a known argument is one step in C, which calling a function can never be.
    """

    __slots__ = ("_function", "_most")

    def __init__(self, function: Callable[[KeyT], ValueT], *, most: int = 4096) -> None:
        self._function = function
        self._most = most

    def __missing__(self, key: KeyT) -> ValueT:
        if len(self) >= self._most:
            self.clear()
        value = self[key] = self._function(key)
        return value
