"""How well scores told, in the past, which leads would be won. Exact where counts allow it: in fractions.

A history is its tallies: leads and wins by score, highest score first. Leads of one score are equals: nothing here
depends on the order in which they came.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import accumulate
from math import sqrt
from typing import NamedTuple

TENTH = Fraction(1, 10)
_Z = 1.959963984540054  # the normal distribution's 97.5 % point: 95 % lie within


class Tally(NamedTuple):
    """The leads of one score, or of one band of scores from `score` to `highest`."""

    score: int
    highest: int
    leads: int
    won: int


class Threshold(NamedTuple):
    """What became of the leads at `score` or above; `low` and `high` bound their share of wins (95 %)."""

    score: int
    leads: int
    won: int
    low: float
    high: float

    @property
    def precision(self) -> Fraction:
        """The share of them that was won."""
        return Fraction(self.won, self.leads)


def tallies(outcomes: Iterable[tuple[int, bool]]) -> tuple[Tally, ...]:
    """A history from (score, whether the lead was won)."""
    leads, won = Counter[int](), Counter[int]()
    for score, is_won in outcomes:
        leads[score] += 1
        won[score] += is_won
    return tuple(Tally(score, score, leads[score], won[score]) for score in sorted(leads, reverse=True))


def counts(history: Iterable[Tally]) -> tuple[int, int]:
    """How many leads, and how many of them were won."""
    rows = list(history)
    return sum(row.leads for row in rows), sum(row.won for row in rows)


def auc(history: Sequence[Tally]) -> Fraction | None:
    """The chance that a lead that was won has a higher score than one that was not; a tie is half a chance.

    AUC = U / (won * lost), where U is the rank-sum statistic of Mann and Whitney (1947), here summed score by score
    (Hanley and McNeil 1982 show that it is the area under the ROC curve). None without both wins and losses.
    """
    total, won = counts(history)
    twice_u, lower = 0, total - won  # `lower`: the lost leads with a lower score
    for row in history:
        lost = row.leads - row.won
        lower -= lost
        twice_u += row.won * (2 * lower + lost)
    pairs = won * (total - won)
    return Fraction(twice_u, 2 * pairs) if pairs else None


def won_among(history: Iterable[Tally], best: Fraction) -> Fraction:
    """The wins to expect among so many of the best leads; of equals, any are as likely taken as others."""
    expected, left = Fraction(0), best
    for row in history:
        taken = min(left, Fraction(row.leads))
        expected += taken * row.won / row.leads
        left -= taken
    return expected


def captured(history: Sequence[Tally], share: Fraction) -> Fraction | None:
    """The share of all wins that lies in the best `share` of the leads (the gains curve); None without wins."""
    total, won = counts(history)
    return won_among(history, share * total) / won if won else None


def lift(history: Sequence[Tally], share: Fraction = TENTH) -> Fraction | None:
    """How many times as often the best `share` of the leads is won as all of them are; None without wins."""
    gained = captured(history, share)
    return None if gained is None else gained / share


def bands(history: Iterable[Tally], width: int = 10) -> tuple[Tally, ...]:
    """Tallies by bands of scores, highest first, the empty ones left out; the score of 100 is in the highest."""
    last = 100 // width - 1
    found: dict[int, list[Tally]] = {}
    for row in history:
        found.setdefault(min(row.score // width, last), []).append(row)
    return tuple(
        Tally(band * width, 100 if band == last else band * width + width - 1, *counts(rows))
        for band, rows in found.items()
    )


def thresholds(history: Iterable[Tally]) -> tuple[Threshold, ...]:
    """What each score that occurs would have been worth as a threshold, highest first."""
    rows = list(history)
    leads, won = accumulate(row.leads for row in rows), accumulate(row.won for row in rows)
    return tuple(Threshold(row.score, n, k, *interval(k, n)) for row, n, k in zip(rows, leads, won, strict=True))


def supported(history: Iterable[Tally], precision: Fraction) -> Threshold | None:
    """The lowest threshold from which history supports a precision; None where there is none.

    Supported: even the lower end of the 95 % interval reaches it, so that few lucky leads support nothing.
    """
    return next((found for found in reversed(thresholds(history)) if found.low >= precision), None)


def interval(won: int, leads: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); unlike the usual one it holds for few leads and rare wins.

    (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    """
    share, shrink = won / leads, _Z * _Z / leads
    middle = share + shrink / 2
    half = _Z * sqrt(share * (1 - share) / leads + shrink / (4 * leads))
    low, high = (middle - half) / (1 + shrink), (middle + half) / (1 + shrink)
    return max(0.0, min(low, share)), min(1.0, max(high, share))  # rounding must not put the share outside


def at_odds(base: Fraction, times: int) -> Fraction:
    """The share whose odds are so many times those of `base`: always between it and 1.

    odds(p) = p / (1 - p)
    """
    return times * base / (1 - base + times * base)
