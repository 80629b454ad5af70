"""A changed model, then a changed catalogue, published to a stack at work, by a worker that is killed twice.

1,000 leads here, 100,000 by `make soak`.
"""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Self

import pytest

from infra.local.session import LocalStack, local_stack
from leadlight.activity import Activity, Identity, is_account
from leadlight.activity.order_key import day_number
from leadlight.lifecycle.engagement import engagement
from leadlight.model.document import DEFAULT_CATALOGUE, DEFAULT_MODEL, read_documents
from leadlight.releases import pace
from leadlight.scoring import Portfolio
from leadlight.state import LeadState, prune
from tests.e2e.folds import ordered_folds, own, states
from tests.e2e.operator import Cli, operator
from tests.e2e.processor import Shares, workers
from tests.e2e.requests import activities

LEADS, BATCH = 100_000, 250
SOON, LATER = 6, 60  # seconds until a killed worker's message comes again, longer than a page takes; in AWS six minutes
KINDS = ("page_viewed", "email_clicked", "demo_requested", "feature_used")


@pytest.fixture
def busy() -> Iterator[LocalStack]:
    """A stack of its own: what is published here is nobody else's."""
    with local_stack() as running:
        yield running


class Traffic:
    """Activities of some leads, of which more and more come."""

    def __init__(self, stack: LocalStack, leads: int) -> None:
        self.stack, self.leads = stack, leads
        self.sent: list[Activity] = []
        self._random, self._numbers = Random(3), count()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def history(self) -> None:
        """One activity of every lead, as an import posts them."""
        for start in range(0, self.leads, BATCH):
            batch = [self._drawn(lead) for lead in range(start, min(start + BATCH, self.leads))]
            self._post(batch, "/v1/activities?backfill=true")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._over.wait(0.15):
            lead = self._random.randrange(self.leads)
            self.leads += 1  # somebody new with every request
            self._post([self._drawn(lead), self._drawn(self.leads)], "/v1/activities")

    def _drawn(self, lead: int) -> Activity:
        at = datetime.now(UTC) - timedelta(days=self._random.random() * 20)
        kind = self._random.choice(KINDS)
        domain = "gmail.com" if lead % 10 else f"publish{lead}.example"
        return Activity(
            source="publish",
            id=f"p{next(self._numbers)}",
            type=kind,
            occurred_at=at.replace(microsecond=at.microsecond // 1000 * 1000),
            identities=(Identity("email", f"publish{lead}@{domain}"),),
            properties={"path": "/pricing"} if kind == "page_viewed" else {"feature": "report"},
        )

    def _post(self, batch: list[Activity], path: str) -> None:
        events = [
            {
                "specversion": "1.0",
                "id": activity.id,
                "source": activity.source,
                "type": activity.type,
                "time": activity.occurred_at.isoformat() if activity.occurred_at else "",
                "subject": activity.identities[0].value,
                "data": {"properties": dict(activity.properties)},
            }
            for activity in batch
        ]
        for _ in range(10):
            answer = activities(self.stack, events, path=path)
            if answer.status == 202:
                break
        assert (answer.status, answer.json()["recorded"]) == (202, len(batch)), answer.body
        self.sent += batch


def kill_worker(stack: LocalStack) -> int:
    """Kills the processes that run the sweep function, as a machine dies; how many there were."""
    found = workers(stack, stack.outputs["SweepFunction"])
    for process in found:
        with suppress(OSError):
            os.kill(process.id, signal.SIGKILL)
    return len(found)


def run_of(stack: LocalStack) -> Any:
    """How far the publish is; None also where a stack that is at work answers too late: the next look shows more."""
    with suppress(RuntimeError):
        return stack.http.get("/v1/models")["runs"].get("publish")
    return None


def followed(stack: LocalStack, *, kills: int, seconds: float, rate: int, held: int = 0) -> str:
    """Waits until the run is done, and kills its worker so many times on the way; what its time went into."""
    deadline, wanted, shares, first = time.monotonic() + seconds, kills, None, 0
    while not (run := run_of(stack)) or not run["done"]:
        assert time.monotonic() < deadline, run
        if run and run["seen"] and not shares:
            shares, first = Shares(stack), run["seen"]
        if shares:
            shares.look()
            kills -= bool(kills and kill_worker(stack))
        time.sleep(0.3)
    assert not kills, "the run was over before its worker could be killed"
    assert shares, "the run was over before anybody looked"
    return told(run["seen"] - first, shares, rate=rate, kills=wanted, held=held)


def told(leads: int, shares: Shares, *, rate: int, kills: int, held: int) -> str:
    """How fast a run was, and what bounded it: what took most of its time, or of a core."""
    asked = pace(rate)
    waits = {
        "the rate that was asked for": leads / (asked.segments * asked.page) * asked.pause / shares.elapsed,
        "waits for what killed workers held": kills * held / shares.elapsed,
    }
    found = sorted((waits | shares.of_a_core()).items(), key=lambda each: -each[1])
    parts = ", ".join(f"{name} {share:.0%}" for name, share in found)
    reached = f"{leads / shares.elapsed:,.0f} leads/s of {rate:,} asked for, killed {kills} times"
    return f"{reached}; bounded by {found[0][0]}; of the time, or of one of {os.cpu_count()} cores: {parts}"


def audited(cli: Cli) -> int:
    """How many leads and accounts the operator's audit checked; it finds no difference."""
    found = json.loads(cli("audit", "--all", "--json"))
    assert found["differing"] == []
    facts = found["facts"]
    assert facts["recorded"] == facts["counted"] + facts["set_aside"] + facts["expired"]
    return int(found["checked"])


def people(stack: LocalStack) -> dict[str, LeadState]:
    """The stored state of every lead by its id."""
    return {lead_id: state for lead_id, state in states(stack).items() if not is_account(lead_id)}


def wrong(stack: LocalStack, sent: list[Activity], model: Path, catalogue: Path) -> Iterator[str]:
    """What is not as a single pass over all facts by these documents makes it."""
    documents, now = read_documents([model], catalogue), datetime.now(UTC)
    portfolio, horizon = Portfolio(documents.models), day_number(now) - 300
    wanted = ordered_folds(sent, now, horizon, catalogue=documents.catalogue)
    found = people(stack)
    if found.keys() != wanted.keys():
        yield f"{len(found)} leads, not {len(wanted)}"
    for lead_id, fold in wanted.items():
        state = found[lead_id]
        if state.model != documents.model.name:
            yield f"{lead_id} is on {state.model}"
        if state.totals != portfolio.of(state.fold, state.as_of).totals(state.fold, state.as_of):
            yield f"{lead_id} has the score {state.totals}"
        prune(state.fold, horizon)
        if own(state.fold) != own(fold):
            yield f"{lead_id} has another fold"


def counted_at_night(stack: LocalStack, cli: Cli, seconds: float) -> tuple[int, int]:
    """The sweep of today is done: how many leads the KPIs call engaged, and how many no longer."""
    stack.invoke("sweep", {})
    stack.wait_idle(timeout=seconds)
    found = {kpi["kpi"]: kpi["value"] for kpi in json.loads(cli("kpis", "--refresh", "--json"))["kpis"]}
    return found["engaged_leads"], found["disengaged_leads"]


def engaged_now(stack: LocalStack) -> tuple[int, int]:
    """The same, counted in the states one by one."""
    model, today = read_documents().model, day_number(datetime.now(UTC))
    found = Counter(engagement(state.fold.signals, model, today) for state in people(stack).values())
    return found["engaged"], found["disengaged"]


def documents_of(folder: Path, cli: Cli) -> tuple[Path, Path]:
    """A model that scores higher, and a catalogue by which a click on an email is also a visit."""
    model, catalogue = folder / "model.yaml", folder / "signals.yaml"
    lines = DEFAULT_MODEL.read_text().splitlines(keepends=True)
    model.write_text("".join("version: 2\n" if line.startswith("version:") else line for line in lines))
    cli("set", model, "lifecycle.mql.falls_below", "5")
    cli("set", model, "lifecycle.mql.score", "12")
    text = DEFAULT_CATALOGUE.read_text().replace("version: 1", "version: 2", 1)
    catalogue.write_text(text + "  - {signal: site_visited, activity: email_clicked}\n")
    return model, catalogue


def test_every_lead_follows_what_is_published(busy: LocalStack, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """By scores first, then by facts; nothing is announced, nothing lost."""
    leads = LEADS * pytestconfig.getoption("--share") // 100
    cli, traffic, patience = operator(busy), Traffic(busy, leads), 60 + leads / 20
    rate, held = max(100, leads // 100), SOON if leads < LEADS else LATER
    model, catalogue = documents_of(tmp_path, cli)
    traffic.history()
    busy.wait_idle(timeout=patience)
    busy.clients("sqs").set_queue_attributes(
        QueueUrl=busy.outputs["RunsQueueUrl"], Attributes={"VisibilityTimeout": str(held)}
    )
    assert "version 1: b2b-saas@2" in cli("draft", model)
    assert "draft" in cli("models")
    announced = len(busy.events("Lead Handed Off"))
    with traffic:
        shown = cli("publish", "--yes", "--rate", rate)
        print(f"{leads:,} leads at work: {followed(busy, kills=2, seconds=patience, rate=rate, held=held)}")
    busy.wait_idle(timeout=patience)
    assert "lifecycle mql: score from" in shown
    assert "leads sampled" in shown
    assert list(wrong(busy, traffic.sent, model, DEFAULT_CATALOGUE)) == []
    assert len(busy.events("Lead Handed Off")) - announced <= len(traffic.sent) - leads  # those of live facts
    [published] = {json.dumps(event.detail) for event in busy.events("Model Published")}
    assert json.loads(published)["models"] == ["b2b-saas@2"]
    assert audited(cli) >= leads
    assert counted_at_night(busy, cli, patience) == engaged_now(busy)

    if pytestconfig.getoption("--share") > 1:
        return  # folds from facts go the same way at any size
    cli("draft", model, "--catalogue", catalogue)
    cli("publish", 2, "--yes", "--rate", 250)
    followed(busy, kills=0, seconds=patience, rate=250)
    busy.wait_idle(timeout=patience)
    assert list(wrong(busy, traffic.sent, model, catalogue)) == []
    assert busy.errors() == []
