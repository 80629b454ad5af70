"""An invocation's own concurrency and its waiting, as the seed decides: pieces of its work are greenlets too."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Generic, TypeVar

from greenlet import GreenletExit, getcurrent, greenlet

from tests.simulation.scheduler import Crash, Scheduler

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class SimulatedHands:
    """Hands that the scheduler switches between at every I/O point. Where it runs nothing, they work in turn."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.waited: list[float] = []

    def abreast(self, work: Callable[[ItemT], ResultT], items: Sequence[ItemT]) -> list[ResultT]:
        if len(items) < 2 or getcurrent() not in self._scheduler._running:
            return [work(item) for item in items]
        return _Pieces(self._scheduler, [partial(work, item) for item in items]).done()

    def wait(self, seconds: float) -> None:
        """Others go on meanwhile."""
        self.waited.append(seconds)
        if getcurrent() in self._scheduler._running:
            self._scheduler._hub.switch()

    def draw(self) -> float:
        return self._scheduler.random.random()


class _Pieces(Generic[ResultT]):
    """Work of one invocation, each piece a greenlet among the others that run. A crash of one ends them all."""

    def __init__(self, scheduler: Scheduler, works: Sequence[Callable[[], ResultT]]) -> None:
        self._whole = getcurrent()
        self._running, self._hub = scheduler._running, scheduler._hub
        self._results: dict[int, ResultT] = {}
        self._errors: list[BaseException] = []
        self._pieces = [greenlet(partial(self._do, place, work), self._hub) for place, work in enumerate(works)]
        for place, piece in enumerate(self._pieces):
            piece.name = f"{self._whole.name}/{place}"
            piece.published = getattr(self._whole, "published", None)

    def done(self) -> list[ResultT]:
        """Waits for all of them."""
        self._running.remove(self._whole)
        self._running.extend(self._pieces)
        self._hub.switch()
        if self._errors:
            raise self._errors[0]
        return [self._results[place] for place in range(len(self._pieces))]

    def _do(self, place: int, work: Callable[[], ResultT]) -> None:
        me = self._pieces[place]
        try:
            self._results[place] = work()
        except GreenletExit:
            return
        except Crash as crash:
            self._errors.insert(0, crash)
            self._end_others(me)
        except Exception as error:  # noqa: BLE001 - it is the whole invocation's
            self._errors.append(error)
        self._running.remove(me)
        if not any(piece in self._running for piece in self._pieces):
            self._running.append(self._whole)

    def _end_others(self, me: greenlet) -> None:
        for other in self._pieces:
            if other is not me and other in self._running:
                self._running.remove(other)
                other.parent = me  # where it goes when it has ended
                other.throw()


class Waning:
    """What Lambda tells of the time that an invocation has left: each look at it costs some, now and then much."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._left = 60_000

    def get_remaining_time_in_millis(self) -> int:
        self._left = max(0, self._left - int(self._random.random() ** 6 * 30_000))
        return self._left
