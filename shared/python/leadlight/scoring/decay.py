"""Decay as a table of integers by age in whole days, so that a score is the same on every machine."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

from leadlight.model.structs import Decay

WHOLE = 1_000_000  # what is left at no decay, in millionths
_PRECISE = Context(prec=50, rounding=ROUND_HALF_EVEN)
_ONE = Decimal(1)


@cache
def table(decay: Decay | None, length: int) -> tuple[int, ...]:
    """What is left of a point at ages 0 to length - 1, in millionths, rounded half to even."""
    if decay is None:
        return (WHOLE,) * length
    match decay.kind:
        case "half_life":
            left = _halved(decay.days, length)
        case "linear":
            left = [_PRECISE.divide(Decimal(decay.days - age), Decimal(decay.days)) for age in range(length)]
        case "step":
            left = [_ONE] * decay.days
    rounded = [_millionths(max(Decimal(0), part)) for part in left[:length]]
    return tuple(rounded + [0] * (length - len(rounded)))


def _halved(days: int, length: int) -> list[Decimal]:
    """Powers of one day's share, from 1 again at each half-life: those are exact, and some lie on a half."""
    daily = _PRECISE.power(Decimal(2), _PRECISE.divide(Decimal(-1), Decimal(days)))
    left = [_ONE]
    for age in range(1, length):
        at_half_life = age % days == 0
        left.append(
            _PRECISE.divide(left[age - days], Decimal(2)) if at_half_life else _PRECISE.multiply(left[-1], daily)
        )
    return left


def _millionths(part: Decimal) -> int:
    return int((part * WHOLE).quantize(_ONE, rounding=ROUND_HALF_EVEN, context=_PRECISE))


def half_even(numerator: int, denominator: int) -> int:
    """An integer quotient rounded half to even; the denominator is positive."""
    quotient, rest = divmod(numerator, denominator)
    doubled = 2 * rest
    return quotient + (doubled > denominator or (doubled == denominator and quotient % 2 == 1))
