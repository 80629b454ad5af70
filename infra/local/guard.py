"""Lets a child process end with its parent, however the parent ends.

The parent holds the writing end of a pipe and never writes. When the parent is gone (returned, interrupted,
killed), the reading end sees the end of file. No signal, no process id: both can be missed or reused.
"""

import os
import threading
from collections.abc import Callable


def watch(lifeline: int, on_end: Callable[[], object]) -> None:
    """Call `on_end` from a daemon thread once the other end of the pipe `lifeline` is closed."""

    def wait() -> None:
        while os.read(lifeline, 1):
            pass
        on_end()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
