"""Somebody is forgotten in the middle of everything: one seed's course, and what may not be left after it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from functions.erase import handler as erase
from leadlight.activity import Identity, is_account, lead_id_of
from leadlight.forgotten import Forgetting
from tests.simulation.memory_forgotten import hashed
from tests.simulation.requests import email_of
from tests.simulation.simulation import CONTEXT, Simulation
from tests.simulation.world import POISON, World

erase.logger.setLevel("ERROR")


class Forgetful(Simulation):
    """The first lead is forgotten once half of the requests were answered."""

    def __init__(self, seed: int, **options: Any) -> None:
        super().__init__(seed, **options)
        self._lead = lead_id_of(Identity("email", email_of(0)))
        self._after = self.random.randint(3, 20)
        self._forget_from: str | None = ""
        self._forgetting = False

    @property
    def asking(self) -> bool:
        """Whether there is still something to ask for: nobody answered yet that it is done."""
        return self._forget_from is not None

    def _next_start(self) -> Callable[[], None] | None:
        due = self._forget_from is not None and not self._forgetting and len(self.answers) >= self._after
        if due and self.random.random() < 0.2:
            return self._forget
        return super()._next_start() or (self._forget if due else None)

    def _forget(self) -> None:
        self._forgetting = True
        event = {
            "routeKey": "POST /v1/leads/{lead_id}/forget",
            "pathParameters": {"lead_id": self._lead},
            "queryStringParameters": {"next": self._forget_from},
            "requestContext": {"http": {"method": "POST"}, "requestId": "forget"},
        }

        def done(answer: Any) -> None:
            self._forgetting = False
            if isinstance(answer, dict) and answer["statusCode"] == 200:
                self._forget_from = json.loads(answer["body"])["next"]

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
        theirs = (each for each in items if not _is_of_others(each[1], marked))
        yield from (f"{name}: {lead_id} {sort}" for name, sort in theirs if POISON not in sort)  # it is no fact
        yield from (f"decision {name}" for name in world.records.stored if name.startswith(f"{lead_id}#"))


def _is_of_others(sort: str, marked: Mapping[str, Forgetting]) -> bool:
    """Whether an item is what a lead that was not forgotten left where it belongs: that it does, or copies of facts."""
    kind, *rest = sort.split("#")
    owner = rest[0] if kind == "merge" else rest[-1] if rest else ""
    past = marked.get(hashed(owner))
    return owner.startswith("ld_") and kind != "link" and (past is None or past.returned)
