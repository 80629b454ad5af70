"""Signals: the named meaning of an activity for scoring."""

from leadlight.signals.catalogue import Catalogue, SignalRule
from leadlight.signals.condition import Condition

__all__ = ["Catalogue", "Condition", "SignalRule"]
