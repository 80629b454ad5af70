"""Stopping the local stack: a second Ctrl-C does not keep the first from cleaning up."""

import signal
import subprocess
import sys
from pathlib import Path

STAND_IN = """
import sys, time
from pathlib import Path
from infra.local import __main__ as command

marker = Path(sys.argv.pop())

def run(**_):
    try:
        print("up", flush=True)
        time.sleep(60)
    finally:
        print("cleaning", flush=True)
        time.sleep(1)
        marker.touch()

command.run = run
sys.exit(command.main())
"""


def test_a_second_signal_does_not_cut_the_cleaning_short(tmp_path: Path) -> None:
    """What is said to be gone is gone, however impatient the user is."""
    marker = tmp_path / "cleaned"
    arguments = [sys.executable, "-c", STAND_IN, "run", str(marker)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "cleaning\n"
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=30)
    assert (process.returncode, told, marker.exists()) == (0, "stopped; nothing is left behind\n", True)
    assert "stopping" in errors
