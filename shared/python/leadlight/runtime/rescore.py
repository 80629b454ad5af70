"""Rescoring: facts from the stream become folds, scores and decisions, each lead in one put."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from leadlight.activity.order_key import day_number
from leadlight.adapters.fact_items import from_item
from leadlight.lifecycle.decide import decide
from leadlight.lifecycle.decision import Reason, decode, encode
from leadlight.ports import Conflict, FailedEvent, Ports, Unavailable
from leadlight.runtime.streams import Record, expired_by_ttl, lead_id, partial_failure, sequence_number
from leadlight.scoring import Score
from leadlight.state import Applied, Change, LeadState, apply, prune

_ATTEMPTS = 8
_LOG = logging.getLogger(__name__)
_REASONS = 3


@dataclass(slots=True)
class _Batch:
    """One lead's records of a batch."""

    lead_id: str
    records: list[Record]
    changes: list[Change]

    def singles(self) -> "list[_Batch]":
        """Each record alone."""
        pairs = zip(self.records, self.changes, strict=True)
        return [_Batch(self.lead_id, [record], [change]) for record, change in pairs]


def handle(event: dict[str, Any], ports: Ports) -> dict[str, Any]:
    """Brings a batch of the activities stream into the leads it is about.

    A record that can't be read becomes a failed event; a lead that can't be reached now is delivered again.
    """
    records: list[Record] = event["Records"]
    failed: set[str] = set()
    batches = _by_lead(records, ports)
    known = _read_together(batches, ports)
    for batch in batches:
        failed.update(map(sequence_number, _bring(batch, ports, known.get(batch.lead_id))))
    return partial_failure(records, failed)


def _read_together(batches: Sequence[_Batch], ports: Ports) -> dict[str, LeadState]:
    """The states of several leads in one call; where that fails, each is read on its own."""
    if len(batches) == 1:
        return {}
    try:
        found = ports.leads.get_many([batch.lead_id for batch in batches])
    except Exception:  # noqa: BLE001 - one that can't be read must not stop the others
        return {}
    return {batch.lead_id: LeadState(batch.lead_id) for batch in batches} | {state.lead_id: state for state in found}


def _bring(batch: _Batch, ports: Ports, known: LeadState | None = None) -> list[Record]:
    """Brings a lead's records in; returns those that have to come again."""
    try:
        rescore(batch.lead_id, batch.changes, ports, known=known)
    except (Unavailable, Conflict):
        return batch.records
    except Exception as error:  # noqa: BLE001 - a poison record must not stop the others
        if len(batch.records) > 1:
            return [record for single in batch.singles() for record in _bring(single, ports)]
        _keep(batch.records[0], f"{type(error).__name__}: {error}", ports)
    return []


def rescore(lead_id: str, changes: Sequence[Change], ports: Ports, *, known: LeadState | None = None) -> Applied:
    """Brings facts into one lead: read, apply, score, decide, and put where nobody else has since.

    `known` is a state that was read already; where it is an old one, the put finds out.

    Raises:
        Conflict: others were first, eight times in a row.
        Unavailable: a table could not be reached.
    """
    for attempt in range(_ATTEMPTS):
        state = known or ports.leads.get(lead_id, consistent=attempt > 0) or LeadState(lead_id)
        known = None
        applied = _apply(state, changes, ports)
        if not applied.touched:
            return applied
        try:
            ports.leads.put(concluded(state, ports, announce=not all(change.fact.backfill for change in changes)))
        except Conflict:
            continue
        return applied
    raise Conflict(f"{lead_id} was saved by others {_ATTEMPTS} times in a row")


def concluded(state: LeadState, ports: Ports, *, announce: bool) -> LeadState:
    """The state with its score of today, and with the decisions that follow where they may be announced."""
    now = ports.now()
    today = day_number(now)
    engine = ports.portfolio.of(state.fold, today)
    scored = replace(state, totals=engine.totals(state.fold, today), as_of=today)
    if not announce:
        return scored
    conclusion = decide(scored, model=engine.model, now=now)
    if not conclusion.decisions:
        return scored
    why = reasons(engine.score(state.fold, today))
    explained = [msgspec.structs.replace(decision, reasons=why) for decision in conclusion.decisions]
    return replace(scored, standing=conclusion.standing, outbox=encode(decode(state.outbox) + explained))


def reasons(score: Score) -> tuple[Reason, ...]:
    """The three criteria that moved the score most."""
    return tuple(Reason(part.criterion, part.label, part.share / 1000) for part in score.reasons[:_REASONS])


def _apply(state: LeadState, changes: Sequence[Change], ports: Ports) -> Applied:
    prune(state.fold, day_number(ports.now()) - ports.retention_days)
    return apply(
        state.fold,
        changes,
        signals_of=ports.documents.catalogue.signals_of,
        facts_on=lambda day: ports.facts.on(
            state.lead_id, day, untimed=state.fold.untimed or any(change.fact.untimed for change in changes)
        ),
        facts_of=lambda kind: ports.facts.of(state.lead_id, kind),
    )


def _by_lead(records: Sequence[Record], ports: Ports) -> list[_Batch]:
    batches: dict[str, _Batch] = {}
    for record in records:
        image = record["dynamodb"].get("NewImage")
        if expired_by_ttl(record) or image is None:
            continue
        try:
            change = Change(from_item(image), rewritten=record["eventName"] == "MODIFY")
        except ValueError as error:
            _keep(record, str(error), ports)
            continue
        batch = batches.setdefault(lead_id(record), _Batch(lead_id(record), [], []))
        batch.records.append(record)
        batch.changes.append(change)
    return list(batches.values())


def _keep(record: Record, reason: str, ports: Ports) -> None:
    _LOG.error("set aside", extra={"sequence_number": sequence_number(record), "reason": reason.partition(":")[0]})
    raw = msgspec.json.encode(record)
    ports.failed.keep(FailedEvent(source="stream", reason=reason, received_at=ports.now(), raw=raw))
