"""The fold: what a lead's facts add up to, in any order; and the item that holds it."""

from leadlight.state.apply import Applied, Change, apply, by_day, folded, prune
from leadlight.state.fold import Deal, Fold
from leadlight.state.lane import RING
from leadlight.state.lead_state import LeadState

__all__ = ["RING", "Applied", "Change", "Deal", "Fold", "LeadState", "apply", "by_day", "folded", "prune"]
