"""One lead again, without news of it: by another model, or on another day. Written only where something shows."""

from datetime import timedelta
from typing import NamedTuple

from msgspec.structs import replace

from leadlight.activity import is_account
from leadlight.activity.order_key import timestamp
from leadlight.adapters.lead_items import bucket_of, stage_of
from leadlight.lifecycle.decision import decode
from leadlight.model.structs import Model
from leadlight.nurture import NurtureState
from leadlight.ports import Conflict, Ports
from leadlight.releases import Run
from leadlight.runtime import membership
from leadlight.runtime.conclude import caught_up, concluded
from leadlight.runtime.news import News
from leadlight.runtime.patience import give_way
from leadlight.runtime.rescore import prune_to_retention, rebuild
from leadlight.state import LeadState, codec
from leadlight.state.outlive import carry

_ATTEMPTS = 8
_LEFT_OVER = timedelta(hours=1)  # the stream's own attempts take less


class Found(NamedTuple):
    """What became of a lead: whether it was written, how many decisions were taken, and how it stands by now.

    `state` is None where it does not stand by itself.
    """

    written: bool = False
    decided: int = 0
    state: LeadState | None = None


def reconsider(state: LeadState, run: Run, ports: Ports) -> Found:
    """Brings one lead on what is in force today.

    Accounts are ranked by the rollup; a merged lead has no score, and is saved only for decisions that stayed
    unpublished; who was forgotten meanwhile is not brought back.

    Raises:
        Conflict: others saved the lead eight times in a row.
        Unavailable: a table could not be reached.
    """
    if is_account(state.lead_id):
        return Found()
    known: LeadState | None = state
    for attempt in range(_ATTEMPTS):
        if known is None:
            return Found()
        if known.kin.root or known.totals is None:
            return Found(written=_resend(known, ports))
        was, shown, seq = known.fold.account, _shown(known, run, ports), known.standing.seq
        after = _today(known, run, ports)
        if _shown(after, run, ports) == shown and after.standing.seq == seq and not _is_left_over(after.outbox, ports):
            return Found(state=after)
        membership.join(after, ports, was=was)
        try:
            ports.leads.put(after)
        except Conflict:
            give_way(attempt, ports.hands)
            known = ports.leads.get(state.lead_id, consistent=True)
            continue
        saved = replace(after, version=after.following)
        membership.leave(saved, News(state.lead_id, [], []), ports, was=was)
        return Found(written=True, decided=after.standing.seq - seq, state=saved)
    raise Conflict(f"a lead was saved by others {_ATTEMPTS} times in a row")


def resend(state: NurtureState, ports: Ports) -> bool:
    """Saves enrollments whose decisions stayed unpublished, as they are: the stream brings them to publish again."""
    if not _is_left_over(state.outbox, ports):
        return False
    try:
        ports.leads.put_nurture(state)
    except Conflict:
        return False  # somebody saved it just now, and so the stream brings it
    return True


def _resend(state: LeadState, ports: Ports) -> bool:
    """The same for a lead that stands in another's shadow, or was never scored."""
    if not _is_left_over(state.outbox, ports):
        return False
    try:
        ports.leads.put(state)
    except Conflict:
        return False
    return True


def _today(state: LeadState, run: Run, ports: Ports) -> LeadState:
    """The lead as of today. Who was never spoken of, an imported lead, is scored and no more."""
    work = replace(state)
    if run.from_facts:
        rebuild(work, ports)
        carry(work.fold, state.fold)
    else:
        prune_to_retention(work, ports)
    if run.kind == "sweep":
        work = caught_up(work, ports)
    membership.settle(work, state, ports)
    return concluded(work, ports, announce=state.standing.announced is not None, told=run.told)


def _shown(state: LeadState, run: Run, ports: Ports) -> object:
    """What a difference of is worth a write.

    A publish brings the score itself to date, a sweep only what people and campaigns go by: a score that fades within
    its bucket is worked out whenever somebody looks.
    """
    totals = state.totals
    if totals is None:
        return None
    rank = (bucket_of(state), stage_of(state), totals.grade, totals.suppressed, state.model, state.fold.account)
    engaged = state.standing.engaged  # until it no longer is, which is announced
    if run.kind == "publish":
        return rank, engaged, totals, codec.encode(state.fold) if run.from_facts else b""
    return rank, engaged, segments(state, ports.portfolio.of(state.fold, state.as_of).model)


def segments(state: LeadState, model: Model) -> tuple[str, ...]:
    """The segments of a model that a scored lead is in."""
    totals = state.totals
    if totals is None:
        return ()
    cuts = {segment.id: segment for segment in (*model.segments, *(each.segment for each in model.campaigns))}
    return tuple(
        name
        for name, cut in cuts.items()
        if cut.score_at_least <= totals.score < cut.score_below
        and stage_of(state) in cut.stages
        and totals.buying_stage in cut.buying_stages
        and totals.grade in cut.grades
    )


def _is_left_over(outbox: str, ports: Ports) -> bool:
    return bool(outbox) and decode(outbox)[-1].decided_at < timestamp(ports.now() - _LEFT_OVER)
