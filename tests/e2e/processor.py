"""Who uses the processor while a stack is at work: the emulator, the functions that it runs, our own, and the test."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from infra.local.session import LocalStack

_TICKS = os.sysconf("SC_CLK_TCK")
_FUNCTION = b"AWS_LAMBDA_FUNCTION_NAME="


class Process(NamedTuple):
    """A running process; `function` is the deployed function that it runs, `seconds` what it used of a core."""

    id: int
    began: str
    parent: int
    function: str
    seconds: float


def processes() -> Iterator[Process]:
    """Every process that can be looked into."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            environment = (entry / "environ").read_bytes().split(b"\0")
            function = next((each.removeprefix(_FUNCTION) for each in environment if each.startswith(_FUNCTION)), b"")
            seconds = (int(fields[11]) + int(fields[12])) / _TICKS
            yield Process(int(entry.name), fields[19], int(fields[1]), function.decode(), seconds)


def workers(stack: LocalStack, function: str) -> list[Process]:
    """The processes in which a stack's emulator runs a function, and no other stack's."""
    found = {process.id: process for process in processes()}
    return [each for each in found.values() if each.function == function and _is_under(each, stack, found)]


def _is_under(process: Process, stack: LocalStack, found: dict[int, Process]) -> bool:
    while process.parent in found:
        if process.parent == stack.emulator.process_id:
            return True
        process = found[process.parent]
    return False


def busy() -> float:
    """Seconds of a core that were used on this machine since it started."""
    user, nice, system, _idle, _waiting, *interrupts = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:8]
    )
    return (user + nice + system + sum(interrupts)) / _TICKS


class Shares:
    """Seconds of a core by who used them, since it was made. A process that ended counts up to the last look."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._before: dict[tuple[int, str], float] = {}
        self._used: dict[tuple[int, str], tuple[str, float]] = {}
        self._begun, self._busy = time.monotonic(), busy()
        self.look()
        self._before = {name: seconds for name, (_, seconds) in self._used.items()}

    @property
    def elapsed(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._begun

    def look(self) -> None:
        """Reads the clocks of all processes of the stack."""
        found = {process.id: process for process in processes()}
        for process in found.values():
            if name := self._name(process, found):
                self._used[process.id, process.began] = (name, process.seconds)

    def of_a_core(self) -> dict[str, float]:
        """What each has used of one core, the most first: 1.0 is all of it, all the time."""
        used: Counter[str] = Counter()
        for process, (name, seconds) in self._used.items():
            used[name] += seconds - self._before.get(process, 0.0)
        used["everything else on this machine"] = max(0.0, busy() - self._busy - used.total())
        return {name: seconds / self.elapsed for name, seconds in used.most_common()}

    def _name(self, process: Process, found: dict[int, Process]) -> str:
        if process.id == self._stack.emulator.process_id:
            return "the emulator"
        if process.id == os.getpid():
            return "this test and its stream mappers"
        ours = process.parent == os.getpid() or _is_under(process, self._stack, found)
        if not (ours and process.function):
            return ""
        return "the sweep's workers" if process.function == self._stack.outputs["SweepFunction"] else "other functions"
