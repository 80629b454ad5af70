"""A long history through the running stack by an importer that is killed twice: 1 % of it here, all by `make soak`."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from infra.local.session import LocalStack
from leadlight.activity import Activity, Identity
from leadlight.activity.order_key import day_number
from leadlight.state import prune
from tests.e2e.folds import ordered_folds, own, stated, states

ACTIVITIES, LEADS = 100_000, 5_000
SOURCE = "import:history"
# A word of the file, the activity type that it means, its properties.
KINDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Page", "page_viewed", {"path": "/blog"}),
    ("Page", "page_viewed", {"path": "/pricing"}),
    ("Opened", "email_opened", {}),
    ("Clicked", "email_clicked", {}),
    ("feature_used", "feature_used", {"path": "report"}),
)
MAP = f"""
source: {SOURCE}
id: event.id
time: {{column: event.ts, format: unix_ms}}
type: {{column: event.name, types: {{Page: page_viewed, Opened: email_opened, Clicked: email_clicked}}}}
lead: {{email: user.email}}
traits: {{company_size: user.size}}
properties: {{path: page.path}}
"""
BROKEN: tuple[dict[str, Any], ...] = (  # the first is told by the API, the others before anything is sent
    {"event": {"name": "page_veiwed"}},
    {"user": {"email": "nobody"}},
    {"event": {"ts": None}},
)


@dataclass(frozen=True)
class History:
    """A file of activities, what it states, and the rows that must be refused."""

    file: Path
    map: Path
    activities: list[Activity]
    refused: list[int]
    rows: int


def drawn(folder: Path, share: int, now: datetime) -> History:
    """Activities of some ten months, in no order, and every 97th line broken."""
    random, found, refused, number = Random(4), list[Activity](), list[int](), 0
    file, mapping = folder / "history.jsonl", folder / "map.yaml"
    mapping.write_text(MAP)
    with file.open("w") as lines:
        while len(found) < ACTIVITIES * share // 100:
            number += 1
            lead = random.randrange(LEADS * share // 100)
            word, kind, properties = random.choice(KINDS)
            at = now - timedelta(days=random.uniform(60, 290))
            at = at.replace(microsecond=at.microsecond // 1000 * 1000)
            line: dict[str, Any] = {
                "event": {"id": f"h{number}", "name": word, "ts": round(at.timestamp() * 1000)},
                "user": {"email": f"past{lead}@history{lead}.example", **({"size": lead} if number % 10 == 0 else {})},
                "page": properties,
            }
            if number % 97 == 0:
                for part, values in BROKEN[number // 97 % len(BROKEN)].items():
                    line[part] |= values
                refused.append(number)
            else:
                traits = {"company_size": lead} if number % 10 == 0 else {}
                identity = Identity("email", line["user"]["email"])
                found.append(
                    Activity(
                        source=SOURCE,
                        id=f"h{number}",
                        type=kind,
                        occurred_at=at,
                        identities=(identity,),
                        properties=properties,
                        traits=traits,
                    )
                )
            lines.write(json.dumps(line) + "\n")
    return History(file, mapping, found, refused, number)


class Importer:
    """`leadlight import activities` as a process of its own."""

    def __init__(self, stack: LocalStack, history: History, folder: Path) -> None:
        self.checkpoints, self.history = folder / "checkpoints", history
        self.batch = min(200, history.rows // 100)
        credentials = stack.http.credentials
        self.environment = os.environ | {
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "LEADLIGHT_URL": stack.url,
        }

    def start(self) -> "subprocess.Popen[str]":
        arguments = ["import", "activities", self.history.file, "--map", self.history.map]
        arguments += ["--checkpoints", self.checkpoints, "--batch", self.batch]
        return subprocess.Popen(
            [sys.executable, "-c", "from leadlight.cli.main import main; main()", *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def killed(self, *, at: int) -> None:
        """Runs it until so many thirds of the rows were answered for, and kills it there."""
        running = self.start()
        while self.answered() * self.batch < self.history.rows * at // 3:
            assert running.poll() is None, running.communicate()
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        assert running.returncode == -signal.SIGKILL

    def answered(self) -> int:
        return sum(path.read_bytes().count(b'{"batch"') for path in self.checkpoints.glob("*.jsonl"))


def facts_stored(stack: LocalStack, ours: set[str]) -> Counter[str]:
    """How many facts each of our leads has."""
    scan = stack.clients("dynamodb").get_paginator("scan")
    pages = scan.paginate(TableName=stack.outputs["ActivitiesTable"], ProjectionExpression="lead_id")
    found = Counter(item["lead_id"]["S"] for page in pages for item in page["Items"])
    return Counter({lead_id: count for lead_id, count in found.items() if lead_id in ours})


def test_an_import_that_is_killed_twice_ends_as_one_that_is_not(
    stack: LocalStack, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Every fact is there once, the folds are those of a single ordered pass, each refused row is listed once."""
    share, now = pytestconfig.getoption("--share"), datetime.now(UTC)
    history, started = drawn(tmp_path, share, now), time.monotonic()
    importer = Importer(stack, history, tmp_path)
    for third in (1, 2):
        importer.killed(at=third)
    last = importer.start()
    printed, said = last.communicate()
    seconds = time.monotonic() - started
    assert last.returncode == 1, said  # rows were refused
    assert "resuming: " in said
    summary = f"{history.rows:,} rows: {len(history.activities):,} recorded, {len(history.refused):,} refused"
    assert summary in printed
    assert re.search(r" s, [\d,]+ rows/s$", printed.strip())
    listed = [json.loads(line) for line in (tmp_path / "history.jsonl.refused.jsonl").read_text().splitlines()]
    assert [row["row"] for row in listed] == history.refused
    assert all(row["reason"] and row["values"] for row in listed)

    stack.wait_idle(timeout=60 + history.rows / 25)
    print(f"{printed.strip()}; killed twice, {history.rows / seconds:,.0f} rows/s in all; ", end="")
    print(f"{history.rows / (time.monotonic() - started):,.0f} rows/s until all was scored")
    horizon = day_number(now) - 300
    wanted, found = ordered_folds(history.activities, now, horizon), states(stack)
    assert facts_stored(stack, set(wanted)) == Counter(fact.lead_id for fact in stated(history.activities, now))
    for lead_id, fold in wanted.items():
        prune(found[lead_id].fold, horizon)
        assert own(found[lead_id].fold) == own(fold)
        assert found[lead_id].outbox == ""  # a history is not announced
