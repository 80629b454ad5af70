from datetime import datetime

import msgspec

from leadlight.activity.order_key import milliseconds
from leadlight.lifecycle.standing import Standing
from leadlight.merge import Kin
from leadlight.scoring.score import Totals
from leadlight.state.base import Base
from leadlight.state.fold import Fold


class LeadState(msgspec.Struct):
    """The stored item of one lead: its fold, its score, and where the decisions have brought it.

    `version` is the condition of every put: 0 where nothing is stored yet. `outbox` holds the decisions that
    are not published yet, as JSON. `kin` says which leads it is one person with.
    `base` is the history that stands apart from the fold, as it is stored; the fold holds all of it.
    `rank` is the bucket of scores that the ranking has it in.
    `model` is what the score is by, as `id@version`.
    `begun`: the lead was forgotten then, and came back with consent: what occurred up to then counts no more.
    """

    lead_id: str
    version: int = 0
    fold: Fold = msgspec.field(default_factory=Fold)
    standing: Standing = msgspec.field(default_factory=Standing)
    totals: Totals | None = None
    as_of: int = -1
    model: str = ""
    outbox: str = ""
    kin: Kin = msgspec.field(default_factory=Kin)
    begun: datetime | None = None
    base: Base | None = None
    rank: int | None = None

    @property
    def following(self) -> int:
        """The version that the next put gives it: past all that it had before it was forgotten.

        So no invocation that still holds a state of that life can put it over one of this.
        """
        return max(self.version, self.numbered_from) + 1

    @property
    def numbered_from(self) -> int:
        """The number before that of its first decision: past all that it had before it was forgotten."""
        return milliseconds(self.begun) if self.begun else 0

    def precedes(self, seq: int) -> bool:
        """Whether a decision with this number was taken before the lead was forgotten.

        Of a lead that came back before decisions were numbered on, nothing tells: of none then.
        """
        return seq <= self.numbered_from <= self.standing.seq
