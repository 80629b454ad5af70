"""Machines told from people the obvious way: each activity of a day compared with each other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leadlight.activity import Fact
from tests.simulation.traffic import CRAWLER
from tests.simulation.world import documents

_VISITS = ("page_viewed", "email_clicked", "email_opened")


@dataclass(slots=True, eq=False)
class Done:
    """An activity of a person. `live`: it was not imported. `told`: its time says when it was done."""

    type: str
    properties: Mapping[str, Any]
    moment: datetime
    live: bool
    told: bool


def by_people(day: Sequence[Done], sayings: Sequence[Fact]) -> Iterator[Done]:
    """What counts of a person's day."""
    guard = documents().catalogue.guard
    minutes = Counter(_minute(each) for each in day if each.live)
    left = []
    for each in day:
        about = {f"day:{each.moment.date()}", f"message:{each.properties.get('message_id')}"}
        said = [fact for fact in sayings if fact.values["about"] in about]
        if said:
            if max(said, key=lambda fact: fact.order_key).type == "judged_human":
                yield each
        elif each.type in _VISITS and each.properties.get("user_agent") == CRAWLER:
            continue
        elif not (each.live and each.told):
            yield each
        elif minutes[_minute(each)] <= guard.per_minute:
            left.append(each)
    for each in left:
        mates = [one for one in left if one.properties.get("message_id") == each.properties.get("message_id")]
        if not (_at_once(each, mates) or _scans(each, mates)):
            yield each


def _minute(each: Done) -> datetime:
    return each.moment.replace(second=0, microsecond=0)


def _at_once(each: Done, mates: Sequence[Done]) -> bool:
    second = timedelta(seconds=documents().catalogue.guard.machine_seconds)
    delivered = [one.moment for one in mates if one.type == "email_delivered" and one.properties.get("message_id")]
    engaged = each.type in ("email_clicked", "email_opened")
    return engaged and any(timedelta(0) <= each.moment - moment <= second for moment in delivered)


def _scans(each: Done, mates: Sequence[Done]) -> bool:
    guard = documents().catalogue.guard
    clicks = [one.moment for one in mates if one.type == "email_clicked"]
    starts = [moment for moment in clicks if timedelta(0) <= each.moment - moment <= _span(guard.scan_seconds)]
    return each.type == "email_clicked" and any(
        sum(timedelta(0) <= moment - start <= _span(guard.scan_seconds) for moment in clicks) >= guard.scan_clicks
        for start in starts
    )


def _span(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)
