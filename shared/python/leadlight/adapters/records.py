from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from leadlight.activity.order_key import timestamp
from leadlight.adapters.clients import OURS
from leadlight.kpi import DayMeasures, Engagement, Spend
from leadlight.lifecycle.decision import Decision, decode, encode
from leadlight.ports import Unavailable

_MEASURES = "measures"
_AS_OF = "~as_of"
_SPEND = "spend"
_ENGAGEMENT = "engagement"
ResultT = TypeVar("ResultT")


class Record(Model):
    """One item of the records table; its table's name is bound at wiring."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)


class DynamoRecords:
    """The records table, by PynamoDB: everything here is off the hot path."""

    def __init__(self, table: str) -> None:
        meta = type("Meta", (), {"table_name": table})
        self._record: type[Record] = type("BoundRecord", (Record,), {"Meta": meta})

    def put_decisions(self, decisions: Sequence[Decision]) -> None:
        """Stores decision records, those that were taken together in one item; storing them again changes nothing."""
        self._write(self._together(decisions))

    def decisions(self, lead_id: str) -> list[Decision]:
        """A lead's decisions, oldest first."""
        rows = self._query(f"decisions#{lead_id}")
        found = {each.id: each for row in rows for each in _decisions(row)}
        return sorted(found.values(), key=lambda decision: (decision.decided_at, decision.id))

    def drop_decisions(self, decisions: Sequence[Decision]) -> None:
        """Removes some decisions, whichever items they are in."""
        gone = {decision.id for decision in decisions}
        for lead_id in sorted({decision.lead_id for decision in decisions}):
            for row in self._query(f"decisions#{lead_id}"):
                held = _decisions(row)
                kept = [decision for decision in held if decision.id not in gone]
                changed = self._record(row.pk, row.sk, body=encode(kept))
                if len(kept) < len(held):
                    self._write([changed] if kept else [], [] if kept else [row])

    def _together(self, decisions: Sequence[Decision]) -> Iterator[Record]:
        """An item for the decisions of a lead, under the first one: an outbox only grows until it is emptied."""
        for lead_id, taken in groupby(decisions, key=lambda decision: decision.lead_id):
            of_lead = list(taken)
            first = of_lead[0]
            name = f"{'n' if first.campaign else 's'}{first.seq:08d}"
            yield self._record(f"decisions#{lead_id}", name, body=encode(of_lead))

    def put_measures(self, days: Iterable[DayMeasures], *, as_of: datetime) -> int:
        """Replaces all day measures, writing only what differs; returns how many were written or removed."""
        stored = {row.sk: row.body for row in self._query(_MEASURES)}
        wanted = {day.day: msgspec.json.encode(day).decode() for day in days}
        changed = [self._record(_MEASURES, day, body=body) for day, body in wanted.items() if stored.get(day) != body]
        gone = [self._record(_MEASURES, day) for day in stored if day not in wanted and day != _AS_OF]
        self._write(changed, gone)
        self._write([self._record(_MEASURES, _AS_OF, body=timestamp(as_of))])
        return len(changed) + len(gone)

    def measures(self) -> tuple[list[DayMeasures], datetime | None]:
        """All day measures, oldest first, and when they were worked out."""
        rows = {row.sk: row.body for row in self._query(_MEASURES)}
        as_of = rows.pop(_AS_OF, None)
        days = [msgspec.json.decode(body, type=DayMeasures) for body in rows.values()]
        return days, datetime.fromisoformat(as_of) if as_of else None

    def put_spend(self, lines: Sequence[Spend]) -> None:
        """Stores lines of spend; of two that are the same line, the last."""
        last = {line.key: msgspec.json.encode(line).decode() for line in lines}
        self._write(self._record(_SPEND, key, body=body) for key, body in last.items())

    def spend(self) -> list[Spend]:
        """All lines of spend, oldest first."""
        return [msgspec.json.decode(row.body, type=Spend) for row in self._query(_SPEND)]

    def put_engagement(self, counted: Engagement) -> None:
        """Stores what was counted of a day."""
        record = self._record(_ENGAGEMENT, counted.day, body=msgspec.json.encode(counted).decode())
        _reached(record.save)

    def engagement(self) -> list[Engagement]:
        """What was counted of each day, oldest first."""
        return [msgspec.json.decode(row.body, type=Engagement) for row in self._query(_ENGAGEMENT)]

    def _query(self, pk: str) -> list[Record]:
        return _reached(lambda: list(self._record.query(pk, consistent_read=True)))

    def _write(self, rows: Iterable[Record] = (), gone: Iterable[Record] = ()) -> None:
        def write() -> None:
            with self._record.batch_write() as batch:
                for row in rows:
                    batch.save(row)
                for row in gone:
                    batch.delete(row)

        _reached(write)


def _decisions(row: Record) -> list[Decision]:
    """The decisions of an item; one that is not in a list was stored before they were stored together."""
    return decode(row.body if row.body.startswith("[") else f"[{row.body}]")


def _reached(action: Callable[[], ResultT]) -> ResultT:
    try:
        return action()
    except PynamoDBException as error:
        cause: Any = error.cause_response_code
        if cause in OURS:
            raise
        raise Unavailable(str(error)) from error
