"""The local runner itself: it starts quickly enough to be used, tells the truth when idle, leaves nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from infra.local.session import LocalStack
from infra.local.simulate import funnel
from infra.local.traffic import send

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from infra.local.emulator import emulator
with emulator() as running:
    print(running.process_id, running.directory, flush=True)
    time.sleep(60)
"""


def test_a_posted_lead_is_ranked_and_announced_once_idle(stack: LocalStack) -> None:
    """After wait_idle nothing is on its way any more: the API and the bus show all there is."""
    now = datetime.now(UTC)
    posts = funnel(seed=77, leads=3, now=now, segment_secret=stack.secrets["segment"])
    for post in posts:
        send(stack.http, post)
    stack.wait_idle()
    announced = {event.detail["lead_id"] for event in stack.events("Lead Scored")}
    ranked = stack.http.get("/v1/leads?limit=50")["leads"]
    assert announced
    assert announced & {lead["lead_id"] for lead in ranked}
    events = stack.events()
    stack.wait_idle()
    assert len(stack.events()) == len(events)


def test_messages_are_waited_for(stack: LocalStack) -> None:
    """A run that goes from message to message is over once idle, and what it comes to is kept."""
    stack.invoke("sweep", {})
    stack.wait_idle()
    assert stack.http.get("/v1/models")["runs"]["sweep"]["done"]
    stack.invoke("rollup", {})
    kpis = {kpi["kpi"]: kpi for kpi in stack.http.get("/v1/kpis")["kpis"]}
    assert kpis["engaged_leads"]["value"] is not None


def test_expired_facts_are_no_news(stack: LocalStack) -> None:
    """DynamoDB's own deletions come through the stream, are told apart, and invoke nothing."""
    stack.wait_idle()
    key = {"lead_id": {"S": "expiry-test"}, "key": {"S": "unreadable"}}
    table = stack.outputs["ActivitiesTable"]
    stack.clients("dynamodb").put_item(TableName=table, Item={**key, "expires_at": {"N": "5"}})
    stack.wait_idle()
    invoked = stack.mappers["rescore"].invocations
    assert stack.expire("Activities", now=10) == 1
    stack.wait_idle()
    assert stack.mappers["rescore"].invocations == invoked


def test_a_killed_runner_leaves_nothing_behind() -> None:
    """No process, no file, even when there was no chance to clean up."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    with holder:
        assert holder.stdout is not None
        process, directory = holder.stdout.readline().split()
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while (Path(directory).exists() or _alive(int(process))) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(directory).exists()
    assert not _alive(int(process))
    assert directory.startswith(tempfile.gettempdir())


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A zombie that nobody has waited for yet is gone for our purpose.
    status = Path(f"/proc/{process}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())
