"""Who does the work of an invocation: how much of it at once, and how they wait."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Hands(Protocol):
    """Those that work; time and chance are theirs."""

    def abreast(self, work: Callable[[ItemT], ResultT], items: Sequence[ItemT]) -> list[ResultT]:
        """Does the work for each item, some of it at once; the results in the items' order.

        Raises whatever the work for one of them raised, once that for all of them has ended.
        """

    def wait(self, seconds: float) -> None:
        """Does nothing for a while."""

    def draw(self) -> float:
        """A random number from 0 to 1."""
