"""AWS list prices: us-east-1, on demand, 2026; dollars per million unless said otherwise."""

from infra.sizing import SIZING

WRU, RRU = 0.625, 0.125
HTTP_REQUEST, EVENT, LAMBDA_REQUEST, QUEUE_REQUEST = 1.00, 1.00, 0.20, 0.40
GB_SECOND = 0.0000133334  # dollars
LOG_GB = 0.50  # dollars
FULL_CPU_MB = 1769
CALL_MS = 4.0  # assumed: what a function waits for one AWS call


def in_writes(wru: float, rru: float) -> float:
    """Both kinds of units as DynamoDB bills them, in write units: a read unit costs a fifth of one."""
    return wru + rru * RRU / WRU


def gigabyte_seconds(function: str, *, cpu_ms: float, calls: float) -> float:
    """What an invocation is billed by: its CPU at the function's share of one, and the calls that it waits for."""
    memory = SIZING[function].memory_mb
    seconds = (cpu_ms / min(1, memory / FULL_CPU_MB) + CALL_MS * calls) / 1000
    return seconds * memory / 1024
