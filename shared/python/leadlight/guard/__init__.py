"""What no person does: activities that a machine left are set aside before they count."""

from leadlight.guard.judge import LOOK, Aside, glance, judge
from leadlight.guard.rules import Guard
from leadlight.guard.saying import Said, Sayings, about_message, message_of, saying_of

__all__ = ["LOOK", "Aside", "Guard", "Said", "Sayings", "about_message", "glance", "judge", "message_of", "saying_of"]
