"""Scores that explain themselves: contributions that add up exactly."""

from leadlight.scoring.engine import Engine
from leadlight.scoring.portfolio import Portfolio
from leadlight.scoring.score import Contribution, Score, Totals

__all__ = ["Contribution", "Engine", "Portfolio", "Score", "Totals"]
