"""The points of all categories, and the shares that they come to, in one integer: adding two adds them all, in C."""

from struct import Struct

from leadlight.scoring.weighting import CATEGORIES

FIELD = 64  # bits of each
SHARES = FIELD * len(CATEGORIES)
MIDDLE = 1 << 58  # each is below it either way: 288 * 10**12 points
BYTES = FIELD // 8 * (len(CATEGORIES) + 1)
BIAS = sum(MIDDLE << FIELD * place for place in range(len(CATEGORIES) + 1))  # makes every field positive
fields = Struct(f"<{len(CATEGORIES) + 1}Q").unpack
