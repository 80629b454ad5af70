"""A lead as it would be if more had happened: what `why_not` scores."""

from collections.abc import Mapping
from copy import deepcopy

from msgspec.structs import replace

from leadlight.activity import Fact, Kind, Scalar
from leadlight.activity.order_key import DAY_MS, moment_of
from leadlight.state.fold import Fold
from leadlight.state.lane import Lane


def happening(fold: Fold, more: Mapping[str, int], as_of: int) -> dict[str, dict[int, int]]:
    """The signals of the fold with so many more of each on the day; the fold stays as it is."""
    signals = dict(fold.signals)
    for signal, times in more.items():
        days = signals.get(signal, {})
        signals[signal] = {**days, as_of: days.get(as_of, 0) + times}
    return signals


def knowing(fold: Fold, values: Mapping[str, Scalar], as_of: int) -> Fold:
    """The fold as it is once these traits are known, at the end of the day; the given one stays as it is."""
    other = deepcopy(replace(fold, signals={}, live=Lane(), deals={}, verdicts={}))  # signals are shared: none is added
    other.register(
        Fact(
            lead_id="",
            kind=Kind.TRAITS,
            type="lead_identified",
            source="supposed",
            source_id="",
            occurred_at=moment_of((as_of + 1) * DAY_MS - 1),
            identities=(),
            values=values,
        )
    )
    return replace(other, signals=fold.signals)
