"""Who still does something: what a model gives points for, within as many days as it says."""

from collections.abc import Iterator, Mapping
from typing import Literal

from leadlight.model.structs import Model

Engagement = Literal["engaged", "disengaged", "never"]


def engagement(signals: Mapping[str, Mapping[int, int]], model: Model, as_of: int) -> Engagement:
    """How a lead stands on a day.

    What it only suffered (a bounce) or what speaks against it (a complaint) has no points above 0, and is no
    engagement. What the bot guard set aside is in no fold.

    Args:
        signals: a fold's counts by signal and day number.
        model: the lead's primary model.
        as_of: a day number; what lies behind it is not looked at.

    Returns:
        `engaged`: within the model's days; `disengaged`: only before them, as far back as the fold goes; `never`.
    """
    known = False
    for day in _days(signals, model):
        if 0 <= as_of - day < model.engaged_within:
            return "engaged"
        known = known or day <= as_of
    return "disengaged" if known else "never"


def _days(signals: Mapping[str, Mapping[int, int]], model: Model) -> Iterator[int]:
    """The newest first, mostly: that of a signal which came last stands last."""
    for signal in model.rewarded:
        yield from reversed(signals.get(signal, {}))
