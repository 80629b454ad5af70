"""Signals: the named meaning of an activity for scoring."""

from leadlight.signals.catalogue import Catalogue, Condition, SignalRule

__all__ = ["Catalogue", "Condition", "SignalRule"]
