"""Rescoring: facts from the stream become folds, scores and decisions, each lead in one put."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from leadlight.activity import is_account
from leadlight.activity.order_key import day_number
from leadlight.failed import FAILED, STREAM, FailedEvent
from leadlight.ports import Conflict, Ports, Unavailable
from leadlight.runtime import accounts, forgotten, membership, merging, retold
from leadlight.runtime.conclude import caught_up, concluded, decided_merged
from leadlight.runtime.news import News, by_lead
from leadlight.runtime.patience import Patience, give_way
from leadlight.runtime.streams import Record, partial_failure, sequence_number
from leadlight.state import Change, Fold, LeadState, apply, codec, folded, prune
from leadlight.state.outlive import carry

_ATTEMPTS = 8
_SHARE = 100  # leads whose states are read together, and held at once
_LOG = logging.getLogger(__name__)


def handle(event: dict[str, Any], ports: Ports, *, left: Callable[[], int]) -> dict[str, Any]:
    """Brings a batch of the activities stream into the leads it is about, several leads at once.

    A record that can't be read becomes a failed event; a lead that can't be reached now is delivered again, and so is
    one that there is no time for.

    Args:
        event: stream records, under `Records`.
        ports: the world.
        left: the milliseconds until the invocation is cut off.
    """
    records: list[Record] = event["Records"]
    patience, failed = Patience.of(ports.hands, left), set[str]()

    def unreadable(record: Record, reason: str) -> None:
        failed.update(map(sequence_number, _set_aside(record, reason, ports)))

    # A lead of which there is much comes last: the others need not wait for it.
    batches = sorted(by_lead(records, unreadable=unreadable), key=lambda news: len(news.records))
    for start in range(0, len(batches), _SHARE):
        share = batches[start : start + _SHARE]
        known = _read_together(share, ports) if patience.begins() else {}
        work = partial(_bring, ports=ports, patience=patience, known=known)
        for again in ports.hands.abreast(work, share):
            failed.update(map(sequence_number, again))
    if failed:
        _LOG.warning("records have to come again", extra={"records": len(failed)})
    return partial_failure(records, failed)


def _read_together(batches: Sequence[News], ports: Ports) -> dict[str, LeadState]:
    """The states of several leads in one call; where that fails, each is read on its own."""
    if len(batches) == 1:
        return {}
    try:
        found = ports.leads.get_many([news.lead_id for news in batches])
    except Exception:  # noqa: BLE001 - one that can't be read must not stop the others
        return {}
    return {news.lead_id: LeadState(news.lead_id) for news in batches} | {state.lead_id: state for state in found}


def _bring(news: News, *, ports: Ports, patience: Patience, known: dict[str, LeadState]) -> list[Record]:
    """Brings a lead's records in; returns those that have to come again."""
    if not patience.begins():
        return news.records
    try:
        patience.insist(lambda: _bring_once(news, ports, known))
    except (Unavailable, Conflict):
        return news.records
    except Exception as error:  # noqa: BLE001 - a poison record must not stop the others
        if len(news.records) == 1:
            return _set_aside(news.records[0], f"{type(error).__name__}: {error}", ports)
        alone = partial(_bring, ports=ports, patience=patience, known={})
        return [record for single in news.singles() for record in alone(single)]
    return []


def _bring_once(news: News, ports: Ports, known: dict[str, LeadState]) -> None:
    if is_account(news.lead_id):
        accounts.bring(news, ports)
    else:
        # The state that was read already serves once: an attempt leaves its mark on it.
        rescore(news, ports, known=known.pop(news.lead_id, None))


def _set_aside(record: Record, reason: str, ports: Ports) -> list[Record]:
    """Keeps a record as a failed event; where that can't be done now, it has to come again."""
    try:
        _keep(record, reason, ports)
    except (Unavailable, Conflict):
        return [record]
    return []


def rescore(news: News, ports: Ports, *, known: LeadState | None = None) -> None:
    """Brings news into one lead: read, apply, score, decide, and put where nobody else has since.

    `known` is a state that was read already; where it is an old one, the put finds out.

    Raises:
        Conflict: others were first, eight times in a row.
        Unavailable: a table could not be reached.
    """
    for attempt in range(_ATTEMPTS):
        state = known or ports.leads.get(news.lead_id, consistent=attempt > 0) or LeadState(news.lead_id)
        known = None
        try:
            if attempt == 0 and _must_be_sure(state, news):
                continue
            admitted = forgotten.admitted(state, news, ports)
            saved = admitted is None or _step(state, admitted, ports)
            if attempt == 0 and state.version and not saved:
                continue  # an old state may know what was erased since
        except Conflict:
            give_way(attempt, ports.hands)
            continue
        return
    raise Conflict(f"{news.lead_id} was saved by others {_ATTEMPTS} times in a row")


def _must_be_sure(state: LeadState, news: News) -> bool:
    """Whether an old state could do harm: where something is done that no put will find fault with."""
    return bool(news.anew or state.kin.root or not membership.is_sure(state, news) or merging.concerns_kin(state, news))


def _step(before: LeadState, news: News, ports: Ports) -> bool:
    """Brings news in; whether the state was saved."""
    was = before.fold.account
    kin = merging.kin_of(before, ports) if merging.concerns_kin(before, news) else before.kin
    state = replace(before, kin=kin)
    after = _merged(before, state, news, ports) if kin.root else _standing_alone(before, state, news, ports)
    if after:
        membership.join(after, ports, was=was)
        ports.leads.put(after)
        state = replace(after, version=after.following)
    membership.leave(state, news, ports, was=was)
    if after and merging.says_whose(news):
        merging.tell_links(state, ports)
    if kin.todo:
        if kin.leaving and not kin.root:
            state = _with_stragglers(state, ports)
        merging.carry_out(state, ports)
    if kin.root:
        merging.forward(state, news, ports)
    return after is not None


def _with_stragglers(state: LeadState, ports: Ports) -> LeadState:
    """A lead that is saved as one by itself, with what was forwarded to its root while it was leaving.

    Whoever forwards goes by a state that was saved before, and does not save it: the facts are stored by now.
    """
    again = replace(state)
    rebuild(again, ports)
    membership.settle(again, state, ports)
    if codec.encode(again.fold) == codec.encode(state.fold):
        return state
    live = any(not fact.backfill for fact in ports.facts.own(state.lead_id))
    again = concluded(again, ports, announce=live)
    was = state.fold.account
    membership.join(again, ports, was=was)
    ports.leads.put(again)
    saved = replace(again, version=again.following)
    membership.leave(saved, News(state.lead_id, [], []), ports, was=was)
    return saved


def _merged(before: LeadState, state: LeadState, news: News, ports: Ports) -> LeadState | None:
    """A lead that is merged keeps no fold: its facts go on to its root. None where there is nothing to save."""
    merging.claim(state, (change.fact for change in news.changes), ports)
    if before.kin.root:
        saves = state.kin != before.kin or membership.is_early(state, news) or merging.says_whose(news)
        return state if saves else None
    decided = decided_merged(state, ports, into=state.kin.root)
    return replace(decided, fold=Fold(), totals=None, as_of=-1, model="")


def _standing_alone(before: LeadState, state: LeadState, news: News, ports: Ports) -> LeadState | None:
    """A lead that stands by itself: fold, score, decide. None where there is nothing to save."""
    merging.claim(state, (change.fact for change in news.changes), ports)
    members = merging.members_of(state, news, ports)
    news = merging.in_force(news, members)
    entered = merging.standings_of(state, members)
    merging.part(state, news)
    merging.count_members(state, news, members)
    if not (before.version or news.changes or entered or membership.is_vain(state, news, ports)):
        return None
    learned = membership.learned(state, news)
    state = caught_up(state, ports)
    left, saves = before.kin.root, bool(entered) or state.kin != before.kin or merging.says_whose(news)
    if left or news.anew or news.gone or any(notice.event != "INSERT" for notice in news.notices("merge")):
        rebuild(state, ports)
        if news.anew:
            carry(state.fold, before.fold)
    elif not (bring(state, news.changes, ports) or saves or learned):
        return None
    membership.settle(state, before, ports)
    return concluded(state, ports, announce=_announces(state, news) or bool(entered), absorbed=entered, left=left)


def _announces(state: LeadState, news: News) -> bool:
    """Backfill announces nothing. What other leads did is announced where this one was before, or they were."""
    if news.changes:
        return any(not change.fact.backfill for change in news.changes)
    if membership.is_quiet(news) or news.anew:
        return False
    return state.standing.announced is not None


def bring(state: LeadState, changes: Sequence[Change], ports: Ports) -> bool:
    """Applies facts to a state's fold; whether it may have changed."""
    prune_to_retention(state, ports)
    told = retold.as_stored(state.lead_id, changes, state.fold, ports)
    if state.kin.copies:  # a fact that several leads have may differ between them: what is stored decides
        told = [change._replace(contested=True) for change in told]
    untimed = state.fold.untimed or any(change.fact.untimed for change in changes)
    applied = apply(
        state.fold,
        told,
        signals_of=ports.documents.catalogue.signals_of,
        facts_on=lambda day: ports.facts.on(state.lead_id, day, untimed=untimed),
        facts_of=lambda kind: ports.facts.of(state.lead_id, kind),
        guard=ports.documents.catalogue.guard,
    )
    return applied.touched


def rebuild(state: LeadState, ports: Ports) -> None:
    """Makes a state's fold anew from the stored facts."""
    stored, catalogue = ports.facts.every(state.lead_id), ports.documents.catalogue
    state.fold = folded(stored, signals_of=catalogue.signals_of, guard=catalogue.guard, horizon=_horizon(ports))


def prune_to_retention(state: LeadState, ports: Ports) -> None:
    """Drops the days that no longer count. Changes `state.fold`."""
    prune(state.fold, _horizon(ports))


def _horizon(ports: Ports) -> int:
    return day_number(ports.now()) - ports.retention_days


def _keep(record: Record, reason: str, ports: Ports) -> None:
    _LOG.error(FAILED, extra={"sequence_number": sequence_number(record), "reason": reason.partition(":")[0]})
    raw = msgspec.json.encode(record)
    ports.failed.keep(FailedEvent(source=STREAM, reason=reason, received_at=ports.now(), raw=raw))
