"""How large each function is, by its folder's name, and how much of a stream it gets."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sizing:
    """Memory, which also buys CPU, and the longest run."""

    memory_mb: int
    timeout_seconds: int


SIZING = {
    "ingest": Sizing(memory_mb=512, timeout_seconds=20),
    "rescore": Sizing(memory_mb=1024, timeout_seconds=60),
    "publish": Sizing(memory_mb=512, timeout_seconds=60),
    "nurture": Sizing(memory_mb=512, timeout_seconds=30),
    "rollup": Sizing(memory_mb=1769, timeout_seconds=900),  # one whole vCPU: it reads every lead by itself
    "sweep": Sizing(memory_mb=1024, timeout_seconds=60),
    "api": Sizing(memory_mb=512, timeout_seconds=20),
    "repair": Sizing(memory_mb=1024, timeout_seconds=29),
    "erase": Sizing(memory_mb=1024, timeout_seconds=29),
}
SCORING = ("rescore", "sweep", "api", "repair", "erase")  # they save what they scored
LONGEST_SCORING = max(SIZING[name].timeout_seconds for name in SCORING)
RECORDS = 100  # of a stream that an invocation gets at most
LANES = 2  # invocations that work on a shard of a stream at once
