"""What the guard goes by: thresholds and names, as data of the signal catalogue."""

import re
from functools import cached_property, lru_cache

import msgspec
from msgspec.structs import replace

from leadlight.activity import Activity

CRAWLER = "crawler"  # the property that ingest gives an activity of a known crawler
USER_AGENT = "user_agent"


class Guard(msgspec.Struct, frozen=True, dict=True, omit_defaults=True):
    """What a person can't do.

    `scan_clicks` on one message within `scan_seconds`; an open or a click within `machine_seconds` of the message's
    delivery; more than `per_minute` activities in a minute; a user agent with one of the words of `crawlers`.
    """

    enabled: bool = False
    clicks: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    scan_clicks: int = 4
    scan_seconds: int = 10
    machine_seconds: int = 1
    per_minute: int = 60
    crawlers: tuple[str, ...] = ()

    def crawler(self, activity_type: str, user_agent: str) -> str:
        """The word that gives a crawler away; empty where the user agent is a person's.

        Programs use a product for people: only visits, opens and clicks are asked.
        """
        asked = self.crawlers and user_agent and activity_type in self._visits
        return _word(self.crawlers, user_agent) if asked else ""

    @cached_property
    def watched(self) -> frozenset[str]:
        """The activity types that are judged with others of their message."""
        return frozenset((*self.clicks, *self.opens, *self.deliveries)) if self.enabled else frozenset()

    @cached_property
    def delivered(self) -> frozenset[str]:
        """The activity types that are deliveries."""
        return frozenset(self.deliveries) if self.enabled else frozenset()

    @cached_property
    def _visits(self) -> frozenset[str]:
        return frozenset((*self.pages, *self.clicks, *self.opens)) if self.enabled else frozenset()


OFF = Guard()


def lean(activity: Activity, guard: Guard) -> Activity:
    """An activity with the crawler that its user agent names, and without the user agent: nothing else is asked."""
    crawler = guard.crawler(activity.type, activity.user_agent)
    return replace(activity, properties={**activity.properties, CRAWLER: crawler}) if crawler else activity


@lru_cache(maxsize=4)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE)


@lru_cache(maxsize=4096)  # a handful of browsers, again and again
def _word(words: tuple[str, ...], user_agent: str) -> str:
    found = _pattern(words).search(user_agent)
    return found[0].lower() if found else ""
