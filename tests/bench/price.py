"""AWS list prices (us-east-1, on demand) of a million activities, and of a million leads rescored; the formula is printed.

Measured: units, events, invocations, CPU; of a rescore the calls and log lines too. Assumed: 4 ms for each AWS call
that a function waits for; M / 1769 of a CPU for a function of M MB; 340 bytes for ingest's log line and 420 for the
gateway's; for nurture, one get and one put per event; for a page of leads, a message sent, received and deleted. Stream
reads by Lambda are free. A lead rescored is read, scored and, where its score or its model's version changed, written;
decisions that follow are recorded. The peer's price was worked out apart from this run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.list_prices import (
    EVENT,
    GB_SECOND,
    HTTP_REQUEST,
    LAMBDA_REQUEST,
    LOG_GB,
    QUEUE_REQUEST,
    RRU,
    WRU,
    gigabyte_seconds,
)
from tests.bench.rescored import FUNCTIONS, ONE, Rescored
from tests.bench.row import Row, at_most, row
from tests.bench.units import Usage

NAIVE = "naive: a transaction and an event per activity"
NAIVE_DOLLARS = 8.22
CALLS = {"ingest": 1, "rescore": 2, "publish": 3, "nurture": 2}
LOG_BYTES = {"ingest": 340, "access log": 420}  # assumed
REQUESTS = 3  # to the queue, for each page


@dataclass(frozen=True)
class Part:
    """One line of the bill."""

    name: str
    dollars: float
    formula: str


def parts(usage: Usage, cpu_ms: dict[str, float]) -> list[Part]:
    """The bill of a million activities. `cpu_ms` is by invocation."""
    calls = {**usage.invocations, "nurture": usage.events}
    gb_seconds = sum(
        calls[name] * gigabyte_seconds(name, cpu_ms=cpu_ms[name], calls=waited) for name, waited in CALLS.items()
    )
    writes, reads, requests = usage.wru + usage.events, usage.rru + usage.events, usage.invocations["ingest"]
    log_bytes = requests * sum(LOG_BYTES.values())
    return [
        Part("HTTP API", requests * HTTP_REQUEST, f"{requests:.2f} requests x ${HTTP_REQUEST}/M"),
        _functions(sum(calls.values()), gb_seconds),
        _tables(writes, reads),
        _events(usage.events),
        _logs(log_bytes),
    ]


def parts_of_rescored(used: Rescored, *, put_ms: float) -> list[Part]:
    """The bill of a million leads rescored."""
    gb_seconds = sum(
        gigabyte_seconds(name, cpu_ms=used.cpu_ms[name] + used.calls[name] * put_ms, calls=used.calls[name])
        for name in FUNCTIONS
    )
    requests = used.invocations["sweep"] * REQUESTS
    return [
        _functions(sum(used.invocations.values()), gb_seconds),
        _tables(used.wru, used.rru),
        _events(used.events),
        Part("queue", requests * QUEUE_REQUEST, f"{requests:.3f} requests x ${QUEUE_REQUEST}/M"),
        _logs(used.log_bytes),
    ]


def _functions(invocations: float, gb_seconds: float) -> Part:
    return Part(
        "Lambda",
        invocations * LAMBDA_REQUEST + gb_seconds * 1e6 * GB_SECOND,
        f"{invocations:.3f} invocations x ${LAMBDA_REQUEST}/M + {gb_seconds:.5f} GB-s x ${GB_SECOND}",
    )


def _tables(writes: float, reads: float) -> Part:
    return Part("DynamoDB", writes * WRU + reads * RRU, f"{writes:.2f} WRU x ${WRU}/M + {reads:.2f} RRU x ${RRU}/M")


def _events(events: float) -> Part:
    return Part("EventBridge", events * EVENT, f"{events:.3f} events x ${EVENT}/M")


def _logs(log_bytes: float) -> Part:
    return Part("logs", log_bytes * 1e6 / 1e9 * LOG_GB, f"{log_bytes:.0f} bytes x ${LOG_GB}/GB")


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


def rows_of_rescored(done: Mapping[str, Rescored], *, put_ms: float) -> tuple[list[Row], dict[str, list[Part]]]:
    """The price of a million leads rescored, by what was done to them.

    The budget is a publish's: every lead is written, since its model's version changed. What it costs that a lead is
    written for that alone has a row of its own. Where every criterion changed, most of the price is of decisions.
    """
    bills = {name: parts_of_rescored(used, put_ms=put_ms) for name, used in done.items()}
    found = [
        row(
            f"AWS list price per million leads rescored, {name}",
            sum(part.dollars for part in bill),
            "$",
            budget=at_most(1, "$") if name == ONE else None,
        )
        for name, bill in bills.items()
    ]
    alone = done[ONE].written - done[ONE].scored
    call = gigabyte_seconds("sweep", cpu_ms=put_ms, calls=1) * 1e6 * GB_SECOND
    found.append(row("of which for leads whose score stayed, one criterion changed", alone * (WRU + call), "$"))
    return found, bills
