from itertools import pairwise
from typing import Any, Literal

import msgspec

Kind = Literal[
    "scored", "stage_changed", "qualified", "handed_off", "rejected", "enrolled", "exited", "merged", "unmerged"
]


class Reason(msgspec.Struct, frozen=True):
    """A criterion and its share of the score, in points."""

    criterion: str
    label: str
    share: float


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was concluded at a moment and acted on. It is taken once, and announced under one id.

    `as_of` is the day that the score is for. `before` and `after` are stages (or scores, for `scored`).
    `suppressed`: the model says that the lead is nobody to sell to. `other`: the lead that this one was merged into.
    """

    lead_id: str
    seq: int
    kind: Kind
    decided_at: str
    as_of: str
    score: int
    grade: str
    buying_stage: str
    stage: str
    model: str
    model_version: int
    cause: str
    contactable: bool = True
    suppressed: bool = False
    before: str | int | None = None
    after: str | int | None = None
    hand_off: str | None = None
    due_at: str | None = None
    campaign: str | None = None
    other: str | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def id(self) -> str:
        """The event id, the same however often it is published. Nurture numbers its decisions on their own."""
        return f"{self.lead_id}#{'n' if self.campaign else ''}{self.seq}"


def decode(outbox: str) -> list[Decision]:
    """The decisions of an outbox; none where it is empty."""
    rows: list[dict[str, Any]] = msgspec.json.decode(outbox) if outbox else []
    found: list[dict[str, Any]] = []
    for row in rows:
        whole = row if "lead_id" in row else {**found[-1], **row}
        found.append({name: value for name, value in whole.items() if value is not None})
    return msgspec.convert(found, type=list[Decision])


def encode(decisions: list[Decision]) -> str:
    """Decisions as an outbox; empty where there are none.

    The first is whole, and each of the others says what is another than in the one before: decisions that are taken
    together share a score and its reasons.
    """
    plain: list[dict[str, Any]] = [msgspec.to_builtins(decision) for decision in decisions]
    changes = [
        {name: now.get(name) for name in Decision.__struct_fields__ if now.get(name) != before.get(name)}
        for before, now in pairwise(plain)
    ]
    return msgspec.json.encode([*plain[:1], *changes]).decode() if plain else ""
