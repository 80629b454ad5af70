"""The folds that facts must end in, whatever happened on their way: a single pass in their order, each once."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from infra.local.session import LocalStack
from leadlight.activity import Activity, Fact, facts_of
from leadlight.adapters.lead_items import HISTORY, STATE, whole
from leadlight.model.document import read_documents
from leadlight.signals import Catalogue
from leadlight.state import Change, Fold, LeadState, by_day, codec, prune
from leadlight.state import apply as bring


def stated(sent: Iterable[Activity], now: datetime) -> list[Fact]:
    """The facts that activities state."""
    return [fact for activity in sent for fact in facts_of(activity, received_at=now)]


def ordered_folds(
    sent: Iterable[Activity], now: datetime, horizon: int, *, catalogue: Catalogue | None = None
) -> dict[str, Fold]:
    """Folds by a single pass over the facts in their order, each once."""
    catalogue = catalogue or read_documents().catalogue
    folds: dict[str, Fold] = {}
    passed: dict[str, list[Fact]] = {}
    for fact in sorted(stated(sent, now), key=lambda fact: fact.order_key):
        fold = folds.setdefault(fact.lead_id, Fold())
        before = passed.setdefault(fact.lead_id, [])
        before.append(fact)
        bring(
            fold,
            [Change(fact)],
            signals_of=catalogue.signals_of,
            facts_on=lambda day, before=before: by_day(before)(day),  # type: ignore[misc]
            guard=catalogue.guard,
        )
    for fold in folds.values():
        prune(fold, horizon)
    return folds


def states(stack: LocalStack) -> dict[str, LeadState]:
    """The stored state of every lead, each with the history that stands beside it."""
    pages = stack.clients("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["LeadsTable"])
    items = [item for page in pages for item in page["Items"]]
    histories = {item["lead_id"]["S"]: item for item in items if item["item"]["S"] == HISTORY}
    found = (whole(item, histories.get(item["lead_id"]["S"])) for item in items if item["item"]["S"] == STATE)
    return {state.lead_id: state for state in found if state}


def own(fold: Fold) -> bytes:
    """What a lead's own facts come to, without what its account told it."""
    return codec.encode(replace(fold, account="", companies={}))
