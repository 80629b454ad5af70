"""Decay as a table of integers by age in whole days, so that a score is the same on every machine."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

from leadlight.model.structs import Decay

WHOLE = 1_000_000  # what is left at no decay, in millionths
_PRECISE = Context(prec=50, rounding=ROUND_HALF_EVEN)


@cache
def table(decay: Decay | None, length: int) -> tuple[int, ...]:
    """What is left of a point at ages 0 to length - 1, in millionths, rounded half to even."""
    return tuple(_left(decay, age) for age in range(length))


def _left(decay: Decay | None, age: int) -> int:
    if decay is None:
        return WHOLE
    match decay.kind:
        case "half_life":
            exact = _PRECISE.power(Decimal(2), _PRECISE.divide(Decimal(-age), Decimal(decay.days)))
        case "linear":
            exact = max(Decimal(0), _PRECISE.divide(Decimal(decay.days - age), Decimal(decay.days)))
        case "step":
            exact = Decimal(int(age < decay.days))
    return int((exact * WHOLE).quantize(Decimal(1), rounding=ROUND_HALF_EVEN, context=_PRECISE))


def half_even(numerator: int, denominator: int) -> int:
    """An integer quotient rounded half to even; the denominator is positive."""
    quotient, rest = divmod(numerator, denominator)
    doubled = 2 * rest
    return quotient + (doubled > denominator or (doubled == denominator and quotient % 2 == 1))
