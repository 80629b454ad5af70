"""Lines of spend, as JSON holds them."""

from datetime import datetime
from typing import Any

from leadlight.kpi import Spend
from leadlight.problems import FutureTime, MalformedEvent
from leadlight.sources import MAX_AHEAD
from leadlight.sources.reading import amount, kind_of, moment, optional_text, text

_CODE = 3


def spend_of(line: Any, *, now: datetime | None = None) -> Spend:
    """One line: source, id, day, channel, campaign, amount, currency.

    Args:
        line: as JSON gives it.
        now: the moment of receipt, UTC; its day may be 24 hours ahead of it.

    Raises:
        FutureTime: it is further ahead: KPIs reach to the last day that holds anything.
        MalformedEvent: a value is absent or wrong.
    """
    if not isinstance(line, dict):
        raise MalformedEvent(f"a line of spend must be an object, found {kind_of(line)}", field="line")
    day = moment(line.get("day"), "day")
    if day is None:
        raise MalformedEvent("day is required, such as 2026-11-21", field="day")
    if now and day > now + MAX_AHEAD:
        raise FutureTime(f"{day.date()} is more than 24 hours ahead: send what was spent, not a budget", field="day")
    worth = amount(line.get("amount"), "amount")
    currency = text(line.get("currency"), "currency").upper()
    if len(currency) != _CODE or not currency.isalpha():
        raise MalformedEvent(
            f"currency must be a code of three letters such as EUR, found {currency}", field="currency"
        )
    return Spend(
        source=text(line.get("source"), "source"),
        id=text(line.get("id"), "id"),
        day=day.date().isoformat(),
        channel=text(line.get("channel"), "channel"),
        campaign=optional_text(line.get("campaign"), "campaign") or "",
        amount=round(worth * 100),
        currency=currency,
    )
