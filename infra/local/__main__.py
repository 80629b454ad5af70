"""`python -m infra.local run`: the whole stack on this machine, with simulated leads."""

import argparse
import os
import signal
import sys
from types import FrameType

from rich.console import Console

from infra.local.assembly import SynthesisFailed
from infra.local.deploy import DeployFailed
from infra.local.emulator import EmulatorFailed
from infra.local.run import run

DEFAULT_LEADS = 60
INTERRUPTED = 130
WIDTH_OF_A_FILE = 160
_ENDS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Parse the command line and run; the exit status."""
    options = _parser().parse_args()
    # SIGINT too: a shell starts its background jobs with it ignored.
    for number in _ENDS:
        signal.signal(number, _as_interrupt)
    console = Console()
    if not console.is_terminal:
        # In a file or a pipe there is no width to keep to.
        console.width = WIDTH_OF_A_FILE
    try:
        run(once=options.once, leads=options.leads, seed=options.seed, auth=options.auth, console=console)
    except (SynthesisFailed, EmulatorFailed, DeployFailed) as failure:
        console.print(str(failure), style="red", markup=False, highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("stopped; nothing is left behind")
        # Stopping the demo is its normal end; stopping it before its results is not.
        return INTERRUPTED if options.once else 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("run", help="deploy, post simulated leads, show them ranked, stay up")
    command.add_argument("--once", action="store_true", help="end after showing the results")
    command.add_argument("--leads", type=int, default=DEFAULT_LEADS, help="simulated leads (%(default)s)")
    command.add_argument("--seed", type=int, default=1, help="of the simulation (%(default)s)")
    command.add_argument(
        "--auth",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="enforce IAM on every call, of the functions too",
    )
    return parser


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    """The first signal ends the run; those after it are too late to keep it from cleaning up, which takes seconds."""
    for number in _ENDS:
        signal.signal(number, signal.SIG_IGN)
    os.write(sys.stderr.fileno(), b"\nstopping: the emulator and its files go\n")
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
