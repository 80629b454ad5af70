"""Leads ranked, a page at a time, at a cost that does not grow with how many there are.

The index knows buckets of five points, so that most changes of a score cost no write to it. A page reads a run of at
most 500 leads from it and orders them by their scores of today. A run ends where a bucket does: the order is exact
within a run. A lead whose score faded since its last fact stands in the run of its stored bucket.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from leadlight.activity.order_key import day_number
from leadlight.adapters.lead_items import rank_of
from leadlight.ports import Ports
from leadlight.problems import MalformedEvent
from leadlight.scoring import Score
from leadlight.state import LeadState

RUN = 500
_ABOVE_ALL = "~"


class Place(NamedTuple):
    """Where a page ended: the run, and the last lead's place in it. Places sort in the order of the ranking."""

    run: str
    score: int
    lead_id: str


class Row(NamedTuple):
    """A lead of the ranking."""

    place: Place
    state: LeadState
    score: Score


def ranking(ports: Ports, *, stages: Sequence[str], limit: int, token: str | None) -> tuple[list[Row], str | None]:
    """A page of the leads of some stages, highest score first, and the token of the next page.

    Raises:
        MalformedEvent: the token is none that a page gave.
    """
    after = _place(token) if token else None
    start, found = after.run if after else _ABOVE_ALL, list[Row]()
    while len(found) <= limit:
        keys = _run(ports, stages, start)
        if not keys:
            break
        found += [row for row in _rows(keys, start, ports) if after is None or row.place[1:] > after[1:]]
        start, after = keys[-1], None
    page = found[:limit]
    return page, _token(page[-1].place) if len(found) > limit else None


def _run(ports: Ports, stages: Sequence[str], start: str) -> list[str]:
    keys = ports.leads.ranked(stages, below=start, limit=RUN)
    last = rank_of(keys[-1])[0] if len(keys) == RUN else None
    whole = [key for key in keys if rank_of(key)[0] != last]
    return whole or keys


def _rows(keys: Sequence[str], start: str, ports: Ports) -> list[Row]:
    lead_ids = [lead_id for _, lead_id in map(rank_of, keys)]
    today = day_number(ports.now())
    rows = []
    for state in ports.leads.get_many(lead_ids):
        score = ports.portfolio.score(state.fold, today)
        place = Place(start, -score.totals.score, state.lead_id)
        rows.append(Row(place, state, score))
    return sorted(rows, key=lambda row: row.place)


def _token(place: Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


def _place(token: str) -> Place:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(token), type=Place)
    except (binascii.Error, ValueError) as error:
        raise MalformedEvent("next must be the token that the page before gave", field="next") from error
