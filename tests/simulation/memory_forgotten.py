"""The markers of those who were forgotten, in memory."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from leadlight.forgotten import Begun, Forgetting
from tests.simulation.memory_secrets import SECRET

if TYPE_CHECKING:  # the world is made of these
    from tests.simulation.world import World


class MemoryForgotten:
    """Who asked to be forgotten, by a hash of the lead's id."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.marked: dict[str, Forgetting] = {}
        self.todo: dict[str, Begun] = {}

    def put(self, lead_ids: Sequence[str], at: datetime) -> None:
        for lead_id in lead_ids:
            self._set(lead_id, Forgetting(at))

    def of(self, lead_id: str) -> Forgetting | None:
        return self._world.scheduler.call("get marker", lambda: self.marked.get(hashed(lead_id)))

    def begin(self, begun: Begun) -> None:
        self._world.scheduler.call("put todo", lambda: self.todo.update({hashed(each): begun for each in begun.asked}))

    def begun(self, lead_id: str) -> Begun:
        return self._world.scheduler.call("get todo", lambda: self.todo.get(hashed(lead_id), Begun()))

    def end(self, asked: Sequence[str]) -> None:
        self._world.scheduler.call("end todo", lambda: [self.todo.pop(hashed(each), None) for each in asked])

    def lift(self, lead_id: str, forgetting: Forgetting) -> None:
        self._set(lead_id, forgetting._replace(returned=True))

    def _set(self, lead_id: str, forgetting: Forgetting) -> None:
        self._world.scheduler.call("put marker", lambda: self.marked.update({hashed(lead_id): forgetting}))


def hashed(lead_id: str) -> str:
    return hashlib.sha256(f"{SECRET}{lead_id}".encode()).hexdigest()
