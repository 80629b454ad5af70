"""Which failed events are meant: by reason, source and time; read by the day of their receipt, a share at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from leadlight.failed import RUN, STREAM, Kept
from leadlight.ports import Ports
from leadlight.problems import MalformedEvent
from leadlight.sources import SOURCES

KEPT_DAYS = 30
READ = 500  # records that one request looks at
_SOURCES = (*sorted(SOURCES), STREAM, RUN)
_STATES = ("waiting", "replayed", "all")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Failed events of a time range, of a source, whose reason holds a text; empty: of any."""

    first: datetime
    last: datetime
    source: str = ""
    reason: str = ""
    state: str = "waiting"

    def fits(self, kept: Kept) -> bool:
        """Whether a failed event is meant."""
        fits = (not self.source or kept.source == self.source) and self.reason.casefold() in kept.reason.casefold()
        in_state = self.state == "all" or (kept.replayed_at is not None) == (self.state == "replayed")
        return fits and in_state and self.first <= kept.received_at <= self.last


class Page(NamedTuple):
    """Some of them, and the id behind which to go on: empty at the end."""

    found: list[Kept]
    next: str


def wanted_of(query: Mapping[str, str], *, now: datetime) -> Wanted:
    """What a request asks for.

    Raises:
        MalformedEvent: a bound is no time, or behind the other; or no failed event has such a source or state.
    """
    state = query.get("state") or "waiting"
    if state not in _STATES:
        raise MalformedEvent(f"state must be one of {', '.join(_STATES)}, found {state!r}", field="state")
    source = query.get("source") or ""
    if source and source not in _SOURCES:
        raise MalformedEvent(f"source must be one of {', '.join(_SOURCES)}, found {source!r}", field="source")
    first, last = _moment(query.get("from"), "from"), _moment(query.get("to"), "to", end=True)
    if first and last and first > last:
        raise MalformedEvent(f"to must not be before from, found {query['from']} to {query['to']}", field="to")
    return Wanted(
        first=first or now - timedelta(days=KEPT_DAYS + 1),
        last=last or now + timedelta(minutes=5),
        source=source,
        reason=query.get("reason") or "",
        state=state,
    )


def page(wanted: Wanted, ports: Ports, *, after: str, limit: int) -> Page:
    """The next failed events that are meant, oldest day first; a request reads no more than 500 records for it."""
    found: list[Kept] = []
    left = READ
    day, final = wanted.first.date(), min(wanted.last, ports.now() + timedelta(days=1)).date()
    day = max(day, (ports.now() - timedelta(days=KEPT_DAYS + 1)).date())
    if after:
        day = max(day, _day_of(after))
    while day <= final:
        behind = after if after.startswith(day.isoformat()) else ""
        asked = min(left, limit)
        read = ports.failed.kept(day.isoformat(), after=behind, limit=asked)
        for kept in read:
            after = kept.id
            if wanted.fits(kept):
                found.append(kept)
                if len(found) == limit:
                    return Page(found, after)
        left -= len(read)
        if left <= 0:
            return Page(found, after)
        if len(read) < asked:
            day += timedelta(days=1)
    return Page(found, "")


def _day_of(failed_id: str) -> date:
    try:
        return datetime.fromisoformat(failed_id.partition(".")[0]).date()
    except ValueError as error:
        raise MalformedEvent(f"next must be what the page before said, found {failed_id!r}", field="next") from error


def _moment(given: str | None, field: str, *, end: bool = False) -> datetime | None:
    if not given:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        fix = "such as 2026-11-21 or 2026-11-21T10:00:00Z"
        raise MalformedEvent(f"{field} must be a day or a time, {fix}, found {given!r}", field=field) from error
    try:
        if end and len(given) == len("2026-11-21"):
            found += timedelta(days=1, microseconds=-1)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError as error:
        raise MalformedEvent(f"{field} is past all time, found {given!r}", field=field) from error
