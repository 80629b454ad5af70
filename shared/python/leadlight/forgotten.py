"""Who asked to be forgotten: the port of the markers that are left of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol


class Forgetting(NamedTuple):
    """When a lead was forgotten, and whether it came back with consent since."""

    at: datetime
    returned: bool = False


class Begun(NamedTuple):
    """A forgetting that is not done: the leads that it was asked for, and those that go."""

    asked: Sequence[str] = ()
    lead_ids: Sequence[str] = ()


class Forgotten(Protocol):
    """Who asked to be forgotten: a keyed hash of each lead's id, and when. Nothing else of them is left."""

    def put(self, lead_ids: Sequence[str], at: datetime) -> None:
        """Notes that leads were forgotten."""

    def of(self, lead_id: str) -> Forgetting | None:
        """When a lead was forgotten, by a consistent read; None where it never was."""

    def begin(self, begun: Begun) -> None:
        """Notes, under the leads that are asked for, which leads go with them: others may change that meanwhile."""

    def begun(self, lead_id: str) -> Begun:
        """What was begun for a lead and is not done, by a consistent read; empty where nothing is."""

    def end(self, asked: Sequence[str]) -> None:
        """Notes that a forgetting is done: who belonged together is not known any more."""

    def lift(self, lead_id: str, forgetting: Forgetting) -> None:
        """Notes that a lead came back with consent: what occurred since counts."""
