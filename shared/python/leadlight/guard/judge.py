"""The verdict: a pure function of a day's activities, so that no order of arrival shows in it.

Reasons come in this order: what a person said; the activity's own user agent; the rate of its minute; and of what is
left, the others of its message. Sources without a time, backfill and imports tell days rather than moments: of those
only the first two are asked; and what names no message has no others. A day stands by itself: what a burst has before
midnight and after it is judged apart.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from leadlight.activity import Fact, Scalar
from leadlight.activity.order_key import milliseconds, minute_of
from leadlight.guard.rules import CRAWLER, USER_AGENT, Guard
from leadlight.guard.saying import Sayings, message_of, saying_of

_LINKS = ("link_url", "url", "link")


class Aside(NamedTuple):
    """Why an activity does not count: `bot` (said by a person), `crawler`, `rate`, `scanner`, `machine`.

    `name` is the message or the crawler's word, where there is one.
    """

    reason: str
    name: str = ""


LOOK: Final = Aside("look")  # the day has to be counted again: this activity may change what others are
_TOGETHER: Final = Aside("together")  # nothing is wrong with it alone


class Applied(Protocol):
    """What a lane knows of the facts that were applied."""

    @property
    def rated(self) -> bool:
        """Whether its facts tell moments."""

    @property
    def most_of_a_minute(self) -> int:
        """No minute that is to come has more of them."""

    def of_minute(self, key: bytes) -> int:
        """How many are in the minute of a key above the floor."""

    def near(self, key: bytes, seconds: int) -> int | None:
        """How many are at most so far away; None where nobody can tell."""


def glance(guard: Guard, fact: Fact, applied: Applied, sayings: Sayings, *, delivered: bool) -> Aside | None:
    """What becomes of a fact above the floor; costs no read.

    Args:
        guard: the rules.
        fact: an activity that was never applied.
        applied: what is known of those that were.
        sayings: what people said.
        delivered: whether deliveries of messages may be among them on this day.

    Returns:
        None where it counts; LOOK where the day has to be counted again, with this fact in it.
    """
    if not guard.enabled:
        found = _alone(guard, fact, sayings, over=False)
        return None if found is _TOGETHER else found
    over = False
    if applied.rated and applied.most_of_a_minute >= guard.per_minute:
        before = applied.of_minute(fact.order_key)
        if before == guard.per_minute:
            return LOOK
        over = before > guard.per_minute
    found = _alone(guard, fact, sayings, over=over)
    if found is not _TOGETHER:
        return found
    watched = fact.type in guard.watched and message_of(fact.values)
    return LOOK if watched and _is_crowded(guard, fact, applied, delivered=delivered) else None


def judge(guard: Guard, facts: Sequence[Fact], sayings: Sayings, *, rated: Sequence[bool]) -> list[Aside | None]:
    """Why each of a day's activities does not count; None where it does.

    Args:
        guard: the rules.
        facts: all activities of one lead on one day, in any order.
        sayings: what people said.
        rated: of each, whether it tells a moment.
    """
    minutes = Counter(minute_of(fact.order_key) for fact, timed in zip(facts, rated, strict=True) if timed)
    fast = {minute for minute, count in minutes.items() if count > guard.per_minute} if guard.enabled else set()
    found = [
        _alone(guard, fact, sayings, over=timed and minute_of(fact.order_key) in fast)
        for fact, timed in zip(facts, rated, strict=True)
    ]
    free = [place for place, verdict in enumerate(found) if verdict is _TOGETHER]
    machines = _together(guard, {place: facts[place] for place in free}) if guard.enabled else {}
    return [machines.get(place) if verdict is _TOGETHER else verdict for place, verdict in enumerate(found)]


def _alone(guard: Guard, fact: Fact, sayings: Sayings, *, over: bool) -> Aside | None:
    said = saying_of(fact, sayings)
    if said is not None:
        return None if said.human else Aside("bot", message_of(fact.values))
    if not guard.enabled:
        return None
    values = fact.values
    crawler = values.get(CRAWLER) or guard.crawler(fact.type, str(values.get(USER_AGENT, "")))
    if crawler:
        return Aside("crawler", str(crawler))
    if not fact.has_moment:
        return None
    return Aside("rate") if over else _TOGETHER


def _is_crowded(guard: Guard, fact: Fact, applied: Applied, *, delivered: bool) -> bool:
    """Whether there are enough others near to make a machine of it; more than that only the facts can tell."""
    if fact.type in guard.clicks:
        others = applied.near(fact.order_key, guard.scan_seconds)
        if others is None or others + 1 >= guard.scan_clicks:
            return True
    return (delivered or fact.type in guard.deliveries) and applied.near(fact.order_key, guard.machine_seconds) != 0


def _together(guard: Guard, facts: dict[int, Fact]) -> dict[int, Aside]:
    messages: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, fact in facts.items():
        if fact.type in guard.watched and (message := message_of(fact.values)):
            messages[message].append((milliseconds(fact.occurred_at), place))
    found: dict[int, Aside] = {}
    for message, moments in messages.items():
        clicks = sorted((at, place) for at, place in moments if facts[place].type in guard.clicks)
        found |= dict.fromkeys(_instant(guard, moments, facts), Aside("machine", message))
        found |= dict.fromkeys(_scanned(guard, clicks, facts), Aside("scanner", message))
    return found


def _instant(guard: Guard, moments: list[tuple[int, int]], facts: dict[int, Fact]) -> list[int]:
    """Those within seconds of a delivery: no person is so fast."""
    delivered = [at for at, place in moments if facts[place].type in guard.deliveries]
    span = guard.machine_seconds * 1000
    engaged = ((at, place) for at, place in moments if facts[place].type not in guard.deliveries)
    return [place for at, place in engaged if any(0 <= at - first <= span for first in delivered)]


def _scanned(guard: Guard, clicks: list[tuple[int, int]], facts: dict[int, Fact]) -> set[int]:
    """Clicks in a span of seconds that has too many; the same link again and again is impatience."""
    found: set[int] = set()
    for start, (at, _) in enumerate(clicks):
        end = bisect_right(clicks, (at + guard.scan_seconds * 1000, len(facts) + max(facts)))
        burst = [place for _, place in clicks[start:end]]
        if len(burst) >= guard.scan_clicks and len({_link(facts[place]) for place in burst}) >= guard.scan_clicks:
            found.update(burst)
    return found


def _link(fact: Fact) -> Scalar:
    return next((fact.values[name] for name in _LINKS if fact.values.get(name)), fact.source_id)
