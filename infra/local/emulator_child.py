"""The emulator's process: a script, given the lifeline's descriptor and its private directory.

Everything it starts stays in its process group, so one signal ends the functions it runs too.
"""

import os
import shutil
import signal
import sys
from typing import Any

from guard import watch  # type: ignore[import-not-found]  # a script finds its neighbor by itself

# A script's own folder comes first on the path, where our modules' names could hide others.
sys.path.pop(0)


def main() -> None:
    """Serve until the parent is gone, then leave no file and no process of this group."""
    lifeline, directory = int(sys.argv[1]), sys.argv[2]

    def end() -> None:
        shutil.rmtree(directory, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    watch(lifeline, end)
    sys.argv = ["ministack"]
    from ministack import app as emulator  # noqa: PLC0415  (takes long: the lifeline is watched first)

    emulator.app = _as_over_tls(emulator.app)
    _wait_less_for_output()
    emulator.main()


def _wait_less_for_output() -> None:
    """After each invocation it waits 50 ms for a first line of output: most of a quiet function's time."""
    from ministack.core import lambda_runtime  # noqa: PLC0415

    drain = getattr(lambda_runtime.Worker, "_drain_stderr_bounded", None)
    names = ("first_line_wait", "idle_confirm", "hard_cap")
    # A private detail: where a release differs, only the speed does.
    if drain is not None and drain.__code__.co_varnames[1:4] == names:
        drain.__defaults__ = (0.002, 0.001, 0.25)


def _as_over_tls(inner: Any) -> Any:
    """The stack's policies refuse whatever comes without TLS; on loopback there is none to be had."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await inner({**scope, "scheme": "https"} if scope["type"] == "http" else scope, receive, send)

    return serve


if __name__ == "__main__":
    main()
