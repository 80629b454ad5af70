"""Nurture: campaigns for the leads that are not ready for sales."""

from leadlight.nurture.enroll import NurtureState, adopt, enroll

__all__ = ["NurtureState", "adopt", "enroll"]
