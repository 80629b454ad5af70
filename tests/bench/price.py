"""AWS list prices (us-east-1, on demand) of a million activities; the formula is printed.

Measured: units, events, invocations, CPU. Assumed: 4 ms for each AWS call that a function waits for; M / 1769 of a CPU
for a function of M MB; 340 bytes for ingest's log line and 420 for the gateway's; for nurture, one get and one put per
event. Stream reads by Lambda are free. The peer's price was worked out apart from this run.
"""

from dataclasses import dataclass

from tests.bench.row import Row, at_most, row
from tests.bench.units import Usage

NAIVE = "naive: a transaction and an event per activity"
NAIVE_DOLLARS = 8.22
WRU, RRU = 0.625, 0.125  # dollars per million
HTTP_REQUEST, EVENT, LAMBDA_REQUEST = 1.00, 1.00, 0.20  # dollars per million
GB_SECOND = 0.0000133334
LOG_GB = 0.50
MEMORY_MB = {"ingest": 512, "rescore": 1024, "publish": 512, "nurture": 512}
FULL_CPU_MB = 1769
CALL_MS = 4.0
CALLS = {"ingest": 1, "rescore": 2, "publish": 3, "nurture": 2}
LOG_BYTES = {"ingest": 340, "access log": 420}  # assumed


@dataclass(frozen=True)
class Part:
    """One line of the bill."""

    name: str
    dollars: float
    formula: str


def parts(usage: Usage, cpu_ms: dict[str, float]) -> list[Part]:
    """The bill of a million activities. `cpu_ms` is by invocation."""
    calls = {**usage.invocations, "nurture": usage.events}
    seconds = {
        name: (cpu_ms[name] / min(1, memory / FULL_CPU_MB) + CALL_MS * CALLS[name]) / 1000
        for name, memory in MEMORY_MB.items()
    }
    gigabyte_seconds = sum(calls[name] * seconds[name] * MEMORY_MB[name] / 1024 for name in MEMORY_MB)
    writes, reads, requests = usage.wru + usage.events, usage.rru + usage.events, usage.invocations["ingest"]
    log_bytes = requests * sum(LOG_BYTES.values())
    invocations = sum(calls.values())
    return [
        Part("HTTP API", requests * HTTP_REQUEST, f"{requests:.2f} requests x ${HTTP_REQUEST}/M"),
        Part(
            "Lambda",
            invocations * LAMBDA_REQUEST + gigabyte_seconds * 1e6 * GB_SECOND,
            f"{invocations:.2f} invocations x ${LAMBDA_REQUEST}/M + {gigabyte_seconds:.5f} GB-s x ${GB_SECOND}",
        ),
        Part(
            "DynamoDB",
            writes * WRU + reads * RRU,
            f"{writes:.2f} WRU x ${WRU}/M + {reads:.2f} RRU x ${RRU}/M",
        ),
        Part("EventBridge", usage.events * EVENT, f"{usage.events:.3f} events x ${EVENT}/M"),
        Part("logs", log_bytes * 1e6 / 1e9 * LOG_GB, f"{log_bytes:.0f} bytes x ${LOG_GB}/GB"),
    ]


def rows(usage: Usage, *, ingest_ms: float, put_ms: float) -> tuple[list[Row], list[Part]]:
    """The price of a million activities of leads with a short history.

    The metered calls skip botocore, so a bare put's CPU stands for each of them.
    """
    cpu = {
        "ingest": ingest_ms,
        "rescore": usage.rescore_ms + CALLS["rescore"] * put_ms,
        "publish": usage.publish_ms + CALLS["publish"] * put_ms,
        "nurture": CALLS["nurture"] * put_ms,
    }
    bill = parts(usage, cpu)
    dollars = sum(part.dollars for part in bill)
    price = row(
        "AWS list price per million activities",
        dollars,
        "$",
        peer=NAIVE,
        peer_value=NAIVE_DOLLARS,
        budget=at_most(3, "$"),
    )
    return [price], bill
