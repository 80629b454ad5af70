import random
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
AT_ONCE = 8  # with the pools of the adapters below the client's 32 connections


class Threads:
    """Hands that wait for AWS at the same time; botocore's clients may be shared between them."""

    def abreast(self, work: Callable[[ItemT], ResultT], items: Sequence[ItemT]) -> list[ResultT]:
        """Does the work for each item, eight at a time; nothing is under way any more when it returns or raises."""
        if len(items) < 2:  # noqa: PLR2004 - nobody else to wait for
            return [work(item) for item in items]
        from concurrent.futures import wait  # noqa: PLC0415 - one lead needs no threads

        under_way = [self._pool.submit(work, item) for item in items]
        wait(under_way)
        return [each.result() for each in under_way]

    def wait(self, seconds: float) -> None:
        """Sleeps."""
        time.sleep(seconds)

    def draw(self) -> float:
        """A random number from 0 to 1."""
        return random.random()

    @cached_property
    def _pool(self) -> "ThreadPoolExecutor":
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        return ThreadPoolExecutor(max_workers=AT_ONCE)
