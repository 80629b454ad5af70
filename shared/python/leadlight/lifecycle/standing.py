from collections.abc import Mapping

import msgspec


class Entries(msgspec.Struct, frozen=True, array_like=True):
    """When a stage was first entered and last left (milliseconds since 1970; 0: never), and how often entered.

    A lead that falls back into a stage does not enter it again.
    """

    first: int
    left: int = 0
    times: int = 1


class HandOff(msgspec.Struct, frozen=True, array_like=True):
    """An open hand-off: its id, and when sales has to answer by (milliseconds since 1970)."""

    id: str
    opened_at: int
    due_at: int


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """Where the decisions have brought a lead. A rebuild of the fold carries it over unchanged.

    `seq` numbers the decisions of a lead; `announced` is the last (score, grade, reachable) that went out. `absorbed`:
    the leads whose standings went into this one, with their seq; `taken`: the one that the stage is from. `engaged`:
    it was when last looked at; `disengaged`: the number of the day as of which it last was found not to be any longer.
    """

    seq: int = 0
    stage: str = "lead"
    entered_at: int = 0
    entries: Mapping[str, Entries] = msgspec.field(default_factory=dict)
    announced: tuple[int, str, bool] | None = None
    hand_off: HandOff | None = None
    answered: Mapping[str, str] = msgspec.field(default_factory=dict)  # hand-off id -> accepted, rejected, expired
    absorbed: Mapping[str, int] = msgspec.field(default_factory=dict)
    taken: str = ""
    engaged: bool = False  # standings that were stored before anybody looked at this end above
    disengaged: int = 0


def decode(data: bytes) -> Standing:
    """The standing that `encode` wrote."""
    return msgspec.msgpack.decode(data, type=Standing)


def encode(standing: Standing) -> bytes:
    """MessagePack."""
    return msgspec.msgpack.encode(standing, order="deterministic")
