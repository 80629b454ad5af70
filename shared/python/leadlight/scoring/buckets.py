"""Day buckets in whole numbers: a day's count of a signal is one integer, a signal's buckets are a tuple.

Tuples of integers are compared, remembered and added up in C. A lead's whole signal is one key.
"""

from collections.abc import Mapping

Buckets = tuple[int, ...]  # by day, oldest first
_FIRST = 14_610  # 2010-01-01: no retention reaches behind it; small numbers are short when they are stored
_BITS = 14  # days to the year 2054; the count stands above them and has no limit
_DAY = (1 << _BITS) - 1


def pack(days: Mapping[int, int]) -> Buckets:
    """The buckets of counts by day number.

    >>> unpack(pack({20_500: 3, 20_400: 1}))
    {20400: 1, 20500: 3}
    """
    return tuple([days[day] << _BITS | day - _FIRST for day in sorted(days)])


def unpack(buckets: Buckets) -> dict[int, int]:
    """Counts by day number, oldest first."""
    return {(bucket & _DAY) + _FIRST: bucket >> _BITS for bucket in buckets}


def bucket_of(bucket: int) -> tuple[int, int]:
    """The day and the count of one bucket."""
    return (bucket & _DAY) + _FIRST, bucket >> _BITS
