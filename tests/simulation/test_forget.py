"""Forgetting in the middle of everything: whatever is in flight, late, doubled or crashed, nothing of the lead is left."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.erase import handler as erase
from leadlight.activity import Identity, is_account, lead_id_of
from leadlight.runtime import forgotten
from tests.simulation.memory_forgotten import hashed
from tests.simulation.requests import email_of
from tests.simulation.simulation import CONTEXT, Simulation
from tests.simulation.world import POISON, World

CHUNK = 50


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A tenth of `--seeds`, in chunks that workers share."""
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, max(CHUNK, metafunc.config.getoption("seeds") // 10), CHUNK))


class Forgetful(Simulation):
    """The first lead is forgotten once half of the requests were answered."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._lead = lead_id_of(Identity("email", email_of(0)))
        self._after = self.random.randint(3, 20)
        self._cursor: str | None = ""
        self._asking = False

    @property
    def asking(self) -> bool:
        """Whether there is still something to ask for: nobody answered yet that it is done."""
        return self._cursor is not None

    def _next_start(self) -> Callable[[], None] | None:
        due = self._cursor is not None and not self._asking and len(self.answers) >= self._after
        if due and self.random.random() < 0.2:
            return self._ask
        return super()._next_start() or (self._ask if due else None)

    def _ask(self) -> None:
        self._asking = True
        event = {
            "routeKey": "POST /v1/leads/{lead_id}/forget",
            "pathParameters": {"lead_id": self._lead},
            "queryStringParameters": {"next": self._cursor},
            "requestContext": {"http": {"method": "POST"}, "requestId": "forget"},
        }

        def done(answer: Any) -> None:
            self._asking = False
            if isinstance(answer, dict) and answer["statusCode"] == 200:
                self._cursor = json.loads(answer["body"])["next"]

        self._start("forget", lambda: erase.lambda_handler(event, CONTEXT), done)


def left(world: World) -> Iterator[str]:
    """What is stored of leads that were forgotten and did not come back."""
    marked = world.forgotten.marked
    tables = {"facts": world.facts.table, "leads": world.leads.table}
    leads = {lead_id for table in tables.values() for lead_id, _ in table.ever if not is_account(lead_id)}
    for lead_id in sorted(leads):
        past = marked.get(hashed(lead_id))
        if past is None or past.returned:
            continue
        items = ((name, sort) for name, table in tables.items() for sort in table.items.get(lead_id, ()))
        yield from (f"{name}: {lead_id} {sort}" for name, sort in items if POISON not in sort)  # it is no fact
        yield from (f"decision {name}" for name in world.records.stored if name.startswith(f"{lead_id}#"))


def test_nothing_is_left_of_who_was_forgotten(first: int) -> None:
    """Crashes, throttles, duplicates, late facts and concurrent invocations around it put nothing back."""
    asked = 0
    for seed in range(first, first + CHUNK):
        run = Forgetful(seed)
        outcome = run.run()
        found = list(left(outcome.world))
        assert not found, (seed, found[:5])
        assert run.asking or not outcome.world.forgotten.todo, seed
        asked += bool(outcome.world.forgotten.marked)
    assert asked > CHUNK / 2


def test_without_the_marker_somebody_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above finds what it is there for."""
    monkeypatch.setattr(forgotten, "admitted", lambda _state, news, _ports: news)
    assert any(list(left(Forgetful(seed).run().world)) for seed in range(20))
