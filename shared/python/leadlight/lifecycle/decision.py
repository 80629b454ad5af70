from typing import Any, Literal

import msgspec

Kind = Literal[
    "scored",
    "stage_changed",
    "qualified",
    "handed_off",
    "rejected",
    "disengaged",
    "enrolled",
    "exited",
    "merged",
    "unmerged",
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
    silent: bool = False  # follows from a change of the model that was not to be announced: a record, and no event

    @property
    def id(self) -> str:
        """The event id, the same however often it is published. Nurture numbers its decisions on their own."""
        return f"{self.lead_id}#{'n' if self.campaign else ''}{self.seq}"


def decode(outbox: str) -> list[Decision]:
    """The decisions of an outbox; none where it is empty."""
    rows: list[dict[str, Any]] = []
    for row in msgspec.json.decode(outbox) if outbox else ():
        if isinstance(row, dict):  # as outboxes were written before they were short
            rows.append(row)
            continue
        changed, *values = row
        names = [name for place, name in enumerate(_FIELDS) if changed >> place & 1]
        rows.append({**(rows[-1] if rows else {}), **dict(zip(names, values, strict=True))})
    return [_read({name: value for name, value in row.items() if value is not None}) for row in rows]


def encode(decisions: list[Decision]) -> str:
    """Decisions as an outbox; empty where there are none.

    Each says what is another than in the one before: those that are taken together share a score and its reasons.
    Shape: [[7, "ld_a", 7, "scored"], [6, 8, "handed_off"]], where bits name the fields that follow.
    """
    rows: list[list[Any]] = []
    before: dict[str, Any] = {}
    for decision in decisions:
        now = _short(decision)
        changed = [place for place, name in enumerate(_FIELDS) if now.get(name) != before.get(name)]
        rows.append([sum(1 << place for place in changed), *(now.get(_FIELDS[place]) for place in changed)])
        before = now
    return msgspec.json.encode(rows).decode() if rows else ""


_FIELDS = Decision.__struct_fields__  # an outbox names them by their places: new ones come at the end


def _short(decision: Decision) -> dict[str, Any]:
    """Without the names of the reasons' fields, and without a day that the time of the decision tells."""
    row = msgspec.to_builtins(decision)
    row["reasons"] = [list(each.values()) for each in row.get("reasons", ())]
    if row["as_of"] == row["decided_at"][:_DAY]:
        del row["as_of"]
    return {name: value for name, value in row.items() if value != []}


def _read(row: dict[str, Any]) -> Decision:
    names = Reason.__struct_fields__
    reasons = [
        each if isinstance(each, dict) else dict(zip(names, each, strict=True)) for each in row.get("reasons", ())
    ]
    return msgspec.convert({"as_of": row["decided_at"][:_DAY], **row, "reasons": reasons}, type=Decision)


_DAY = len("2026-11-21")
