"""A thread that looks for work, quickly while there is some and gently while there is none."""

import threading
import time
from collections.abc import Callable

BUSY_SECONDS = 0.015  # between looks while work keeps coming: what an item waits for its turn
IDLE_SECONDS = 0.1
BUSY_FOR_SECONDS = 3.0


class PollerStopped(RuntimeError):
    """The poller's thread ended with the error that is the cause of this one."""


class Poller:
    """Calls `turn` again and again until closed; `turn` does some work and says whether there was any."""

    def __init__(self, name: str, turn: Callable[[], bool]) -> None:
        self.name = name
        self._turn = turn
        self._closing = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._idle_since = 0.0
        self._last_busy = 0.0
        self._problem: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look now rather than at the next turn."""
        self._woken.set()

    def pause(self, seconds: float) -> bool:
        """Wait, from within a turn; true when the poller is to end instead."""
        return self._closing.wait(seconds)

    def working(self) -> None:
        """From within a turn: there is work, even though the turn is not over."""
        self._idle_since = 0.0

    def idle_since(self) -> float:
        """When the last look began that found nothing to do, as `time.monotonic`; 0 while there is work.

        Raises:
            PollerStopped: a turn failed, and nothing polls any more.
        """
        if self._problem is not None:
            raise PollerStopped(self.name) from self._problem
        return self._idle_since

    def works_since(self, moment: float) -> bool:
        """Whether no look that began after a moment found nothing; raises PollerStopped."""
        return self.idle_since() < moment

    def close(self) -> None:
        """End after the turn in progress."""
        self._closing.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                started = time.monotonic()
                if self._turn():
                    self._idle_since, self._last_busy = 0.0, time.monotonic()
                    continue
                self._idle_since = started
                self._woken.wait(BUSY_SECONDS if started - self._last_busy < BUSY_FOR_SECONDS else IDLE_SECONDS)
                self._woken.clear()
        except BaseException as problem:  # noqa: BLE001 - told to whoever waits
            self._problem = problem
