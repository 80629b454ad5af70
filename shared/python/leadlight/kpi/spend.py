"""What marketing and sales cost: lines by day, channel and campaign."""

import msgspec

from leadlight.activity.order_key import fact_hash, hash_text


class Spend(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. `amount` is in hundredths of the currency; negative where money came back.

    `source` and `id` name it for good: the same pair on the same day is the same line, and the last one stays.
    """

    source: str
    id: str
    day: str
    channel: str
    campaign: str = ""
    amount: int
    currency: str

    @property
    def key(self) -> str:
        """Where it is stored: lines of a day stand side by side."""
        return f"{self.day}#{hash_text(fact_hash(self.source, self.id))}"
