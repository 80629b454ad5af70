"""One person, two standings: what stays when leads are merged. Absorbing the same standing again changes nothing."""

from collections.abc import Mapping

import msgspec

from leadlight.lifecycle.standing import Entries, Standing
from leadlight.lifecycle.transitions import (
    CHURNED,
    CUSTOMER,
    DISQUALIFIED,
    LEAD,
    MQL,
    OPPORTUNITY,
    RECYCLED,
    SAL,
    SQL,
)

_FAR = {
    name: place
    for place, name in enumerate(
        (LEAD, DISQUALIFIED, RECYCLED, MQL, SQL, SAL, OPPORTUNITY, CUSTOMER, CHURNED),
    )
}


def absorb(mine: Standing, other: Standing, *, of: str) -> Standing:
    """The standing of a lead that another was merged into: the further stage, first entries, the open hand-off.

    What was absorbed before, by this lead or by one that it absorbs, is not absorbed again: since then others may have
    decided upon it. Where both have a hand-off open, the one that is due first stays.

    Args:
        mine: the standing of the lead that stays.
        other: that of the lead that goes.
        of: the id of the lead that goes.
    """
    if mine.absorbed.get(of, -1) >= other.seq:
        return mine
    # A stage that was taken from a lead which the other one had absorbed gives way to what became of it there.
    outdated = bool(mine.taken) and other.absorbed.get(mine.taken, -1) >= mine.absorbed[mine.taken]
    takes = outdated or _FAR[other.stage] > _FAR[mine.stage]
    further = other if takes else mine
    answered = {**other.answered, **mine.answered}
    opened = [each.hand_off for each in (mine, other) if each.hand_off and each.hand_off.id not in answered]
    open_still = opened if _FAR[further.stage] <= _FAR[SQL] else []
    known = {**other.absorbed, of: other.seq}
    return msgspec.structs.replace(
        mine,
        stage=further.stage,
        entered_at=further.entered_at,
        entries=_joined(mine.entries, other.entries),
        hand_off=min(open_still, key=lambda each: (each.due_at, each.id), default=None),
        answered=answered,
        absorbed={name: max(seq, mine.absorbed.get(name, seq)) for name, seq in {**mine.absorbed, **known}.items()},
        taken=of if takes else mine.taken,
    )


def says_something(standing: Standing) -> bool:
    """Whether another lead's standing could change by absorbing this one."""
    return bool(standing.stage != LEAD or standing.entries or standing.hand_off or standing.answered)


def _joined(mine: Mapping[str, Entries], other: Mapping[str, Entries]) -> dict[str, Entries]:
    joined = dict(mine)
    for stage, entries in other.items():
        held = joined.get(stage, entries)
        first, left = min(held.first, entries.first), max(held.left, entries.left)
        joined[stage] = Entries(first=first, left=left, times=max(held.times, entries.times))
    return joined
