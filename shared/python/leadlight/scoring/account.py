"""An account's score from its leads' scores, and what each lead gives to it. Pure, in whole thousandths of a point."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from leadlight.model.structs import AccountRule

FULL = 100_000
WHOLE = 1000


class AccountScore(NamedTuple):
    """A score from 0 to 100. `shares` by lead, highest score first, with `clamped` and `rounded` add up to it.

    All three are in thousandths of a point.
    """

    score: int
    shares: Mapping[str, int]
    clamped: int = 0
    rounded: int = 0


def account_score(rule: AccountRule, scores: Mapping[str, int]) -> AccountScore:
    """The score of an account whose leads have these scores; of two with the same, the smaller id comes first."""
    ordered = sorted(scores.items(), key=lambda lead: (-lead[1], lead[0]))
    given = dict(zip((lead_id for lead_id, _ in ordered), _shares(rule, (score for _, score in ordered)), strict=True))
    total = sum(given.values())
    kept = min(total, FULL)
    score = _half_even(kept, WHOLE)
    return AccountScore(score, given, kept - total, score * WHOLE - kept)


def total_of(rule: AccountRule, scores: Iterable[int]) -> int:
    """The score alone."""
    numbered = {f"{number:09d}": score for number, score in enumerate(scores)}
    return account_score(rule, numbered).score


def _shares(rule: AccountRule, scores: Iterable[int]) -> Iterator[int]:
    """The best lead counts whole; with `max` no other, with `sum` each by `next` percent of the one before."""
    each = Fraction(rule.next if rule.score == "sum" else 0, 100)
    weight = Fraction(1)
    for score in scores:
        weighed = score * WHOLE * weight
        share = _half_even(weighed.numerator, weighed.denominator)
        yield share
        weight = weight * each if share else Fraction(0)  # they only get smaller


def _half_even(numerator: int, denominator: int) -> int:
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))
