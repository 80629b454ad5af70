"""The demo: deploy, post the simulated funnel, show the ranked leads, the KPIs and the times."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.local.aws import REGION
from infra.local.report import instructions, latency_line, times_line
from infra.local.sales import answer_hand_offs
from infra.local.session import LocalStack, local_stack
from infra.local.simulate import Post, funnel
from infra.local.traffic import measure_latency, send_all
from leadlight.cli.tables import accounts_table, kpis_table, leads_table
from leadlight.sources import SOURCES

SHOWN = 25
ACCOUNTS = 8
LATENCY_SAMPLES = 25
SWEEP_SECONDS = 60


def run(*, once: bool, leads: int, seed: int, auth: bool, console: Console) -> None:
    """Run the demo; unless `once`, keep the stack up until interrupted."""
    console.print("[bold]Leadlight[/] on an embedded emulator. All leads are simulated.")
    with ExitStack() as opened:
        with console.status("synthesizing and deploying the stack"):
            stack = opened.enter_context(local_stack(auth=auth))
        console.print(f"deployed [bold]{stack.deployed.stack_name}[/]: {times_line(stack.seconds)}")
        seconds = dict(stack.seconds)
        _post_funnel(stack, console, seconds, leads=leads, seed=seed)
        _rolled_up(stack, console, seconds)
        _show(stack, console)
        _measure(stack, console, seconds, seed=seed)
        console.print(times_line(seconds))
        if not once:
            _wait(stack, console)


def _post_funnel(stack: LocalStack, console: Console, seconds: dict[str, float], *, leads: int, seed: int) -> None:
    now = datetime.now(UTC)
    posts = funnel(seed=seed, leads=leads, now=now, segment_secret=stack.secrets["segment"])
    with _timed(seconds, "traffic"):
        _send(stack, console, posts, f"posting {leads} simulated leads")
        with console.status("waiting until everything is scored and published"):
            stack.wait_idle()
        with console.status("letting the simulated sales team answer its hand-offs"):
            answer_hand_offs(stack, seed=seed, now=datetime.now(UTC))
            stack.wait_idle()


def _send(stack: LocalStack, console: Console, posts: list[Post], title: str) -> None:
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=len(posts))
        send_all(stack.http, posts, on_sent=lambda: progress.advance(task))


def _measure(stack: LocalStack, console: Console, seconds: dict[str, float], *, seed: int) -> None:
    with _timed(seconds, "latency"), console.status("measuring from post to event"):
        latency = measure_latency(stack, samples=LATENCY_SAMPLES, now=datetime.now(UTC), run=f"run{seed}")
    console.print(latency_line(latency), style="bold")


def _rolled_up(stack: LocalStack, console: Console, seconds: dict[str, float]) -> None:
    with _timed(seconds, "rollup"), console.status("sweeping the leads and rolling up the KPIs"):
        stack.invoke("sweep", {})
        _until_swept(stack)
        stack.invoke("rollup", {"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}})
        stack.wait_idle()


def _until_swept(stack: LocalStack) -> None:
    """The nightly sweep counts who is engaged; its pages come by a queue."""
    deadline = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < deadline and not stack.http.get("/v1/models")["runs"].get("sweep", {}).get("done"):
        time.sleep(0.2)


def _show(stack: LocalStack, console: Console) -> None:
    answer: dict[str, Any] = stack.http.get(f"/v1/leads?limit={SHOWN}")
    leads = answer["leads"]
    console.print(f"\n[bold]The {len(leads)} leads to call first[/]", leads_table(leads), sep="\n")
    accounts = stack.http.get(f"/v1/accounts?limit={ACCOUNTS}")["accounts"]
    console.print("\n[bold]Their companies[/]", accounts_table(accounts), sep="\n")
    answer = stack.http.get("/v1/kpis")
    console.print(f"\n[bold]KPIs as of {answer['as_of'][:16]}Z[/]", kpis_table(answer["kpis"]), "", sep="\n")
    if errors := stack.errors():
        console.print(f"[red]{len(errors)} invocations failed[/], the last: {errors[-1]}")


def _wait(stack: LocalStack, console: Console) -> None:
    operator = stack.http.credentials
    console.print(
        instructions(
            url=stack.url,
            access_key=operator.access_key,
            secret_key=operator.secret_key,
            region=REGION,
            webhook_secrets={source: stack.secrets[source] for source in SOURCES},
        ),
        soft_wrap=True,
        highlight=False,
    )
    threading.Event().wait()


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[name] = time.monotonic() - began
