"""Invocations as greenlets: at every I/O point the seed decides who goes on, and what goes wrong."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

from leadlight.ports import Conflict, Unavailable

T = TypeVar("T")
MOST_STEPS = 200_000
STORM, CALM = 8_000, 0.02  # after so many steps faults are rare again: a long request would fail for ever


class Crash(BaseException):
    """The sandbox is gone: nothing in the function sees it coming."""


class Scheduler:
    """Runs invocations, one at a time, switching between them where they do I/O.

    `faults` is how often an I/O call is throttled or crashes its invocation, before or after its effect took place.
    So an invocation may end between any two of its calls.
    """

    def __init__(self, random: Random, *, faults: float, switches: float, at_once: int) -> None:
        self.random = random
        self._draw = random.random
        self._switches = switches
        self._fail(faults)
        self._at_once = at_once
        self._running: list[greenlet] = []
        self._over: list[Callable[[], None]] = []
        self._hub = getcurrent()
        self.steps = 0
        self.most_steps = MOST_STEPS
        self.trace: list[str] | None = None

    def _fail(self, faults: float) -> None:
        self._faults = faults
        self._before = faults + self._switches / 2
        self._after = faults + self._switches

    def rest(self) -> None:
        """Nothing goes wrong any more, and nobody comes between."""
        self._switches = 0.0
        self._fail(0.0)

    @property
    def busy(self) -> bool:
        """Whether invocations are in the middle of something."""
        return bool(self._running)

    def call(self, name: str, effect: Callable[[], T], *, conditional: bool = False) -> T:
        """One I/O call of an invocation."""
        draw = self._draw()
        if self.trace is not None:
            self.trace.append(f"  {getattr(getcurrent(), 'name', 'the check')} {name}")
        if draw >= self._after:
            return effect()
        if draw < self._faults:
            return self._fault(effect, draw / self._faults, conditional=conditional)
        if draw < self._before:
            self._hub.switch()
            return effect()
        result = effect()
        self._hub.switch()
        return result

    def together(self, name: str, effects: Sequence[Callable[[], object]]) -> None:
        """Calls that are made at once: a part of them goes through before whatever comes between."""
        cut = int(self._draw() * len(effects))
        for some in (effects[:cut], effects[cut:]):
            if some:
                self.call(name, lambda some=some: [effect() for effect in some])  # type: ignore[misc]

    def start(self, name: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Starts an invocation; `done` gets what it returned, or the exception that ended it."""

        def body() -> None:
            try:
                outcome = work()
            except (Crash, Unavailable, Conflict) as fault:
                outcome = fault.with_traceback(None)  # its frames hold what they worked on until a collection
            except Exception as error:  # noqa: BLE001 - Lambda takes any
                outcome = error
            if self.trace is not None:
                self.trace.append(f"  {name} ends: {outcome!r:.200}")
            self._running.remove(running)
            self._over.append(partial(done, outcome))

        running = greenlet(body, self._hub)
        running.name = name
        if self.trace is not None:
            self.trace.append(f"start {name}")
        self._running.append(running)
        self._go_on(running)

    def _go_on(self, running: greenlet) -> None:
        """Lets one run until it does I/O. What follows from its end is done here: it may start others.

        A greenlet that started others would wait for ever for them to come back to it, and its world with it.
        """
        running.switch()
        while self._over:
            self._over.pop()()

    def run(self, next_start: Callable[[], Callable[[], None] | None]) -> None:
        """Runs until nothing is left to start or to go on with."""
        self._hub = getcurrent()
        while self.steps < self.most_steps:
            self.steps += 1
            if self.steps == STORM:
                self._fail(min(self._faults, CALM))
            running = self._running
            if running and (len(running) >= self._at_once or self._draw() < 0.5):
                self._go_on(running[int(self._draw() * len(running))])
                continue
            start = next_start()
            if start is not None:
                start()
            elif running:
                self._go_on(running[int(self._draw() * len(running))])
            else:
                return
        raise AssertionError("the world does not come to rest")

    def _fault(self, effect: Callable[[], T], kind: float, *, conditional: bool) -> T:
        if kind < 0.25:
            raise Unavailable("throttled")
        if kind < 0.5:
            effect()
            # The client's own retry of a put that went through finds its condition broken.
            raise Conflict("retried") if conditional and kind < 0.35 else Unavailable("timed out")
        if kind < 0.75:
            raise Crash
        effect()
        raise Crash
