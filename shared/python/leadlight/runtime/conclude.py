"""What a lead's fold comes to: its score of today, and the decisions that follow."""

from collections.abc import Collection, Mapping

import msgspec
from msgspec.structs import replace

from leadlight.activity.order_key import day_number
from leadlight.lifecycle.absorb import absorb
from leadlight.lifecycle.decide import NOBODY, Conclusion, decide, decide_merged
from leadlight.lifecycle.decision import Kind, Reason, decode, encode
from leadlight.lifecycle.standing import Standing
from leadlight.ports import Ports
from leadlight.releases import told_by
from leadlight.scoring import Score
from leadlight.state import LeadState

_REASONS = 3


def concluded(  # noqa: PLR0913 - one per circumstance
    state: LeadState,
    ports: Ports,
    *,
    announce: bool,
    absorbed: Mapping[str, Standing] = NOBODY,
    left: str = "",
    told: Collection[Kind] | None = None,
) -> LeadState:
    """The state with its score of today, and with the decisions that follow where they may be announced.

    Args:
        state: a state with a fold.
        ports: the world.
        announce: whether decisions may be taken.
        absorbed: the standings of leads that were merged into this one, by their ids.
        left: the lead that this one was merged into, and no longer is.
        told: the kinds of decisions that are announced; the others are silent. None: all are.
    """
    now = ports.now()
    today = day_number(now)
    engine = ports.portfolio.of(state.fold, today)
    scored = replace(state, totals=engine.totals(state.fold, today), as_of=today, model=engine.model.name)
    if not announce:
        for lead_id, standing in absorbed.items():
            scored.standing = absorb(scored.standing, standing, of=lead_id)
        return scored
    conclusion = decide(scored, model=engine.model, now=now, absorbed=absorbed, left=left, told=told)
    if not conclusion.decisions:
        return replace(scored, standing=conclusion.standing)
    return _decided(scored, conclusion, reasons(engine.score(state.fold, today)))


def caught_up(state: LeadState, ports: Ports) -> LeadState:
    """The state by the models in force, where it was scored by others.

    What follows from them alone is told as they were published, however soon the lead does something: of a model that
    nobody was to hear of, nobody does. One that came by a deployment is silent. News comes after this.
    """
    if state.totals is None or state.model in {model.name for model in ports.documents.models}:
        return state
    told = told_by(ports.published.release.announce)
    return concluded(state, ports, announce=state.standing.announced is not None, told=told)


def decided_merged(state: LeadState, ports: Ports, *, into: str) -> LeadState:
    """The state with the decision that its lead is merged; none where it was never spoken of."""
    if state.totals is None or state.standing.seq == state.numbered_from:
        return state
    model = ports.portfolio.of(state.fold, state.as_of).model
    return _decided(state, decide_merged(state, model=model, now=ports.now(), into=into), ())


def _decided(state: LeadState, conclusion: Conclusion, why: tuple[Reason, ...]) -> LeadState:
    explained = [msgspec.structs.replace(decision, reasons=why) for decision in conclusion.decisions]
    return replace(state, standing=conclusion.standing, outbox=encode(decode(state.outbox) + explained))


def reasons(score: Score) -> tuple[Reason, ...]:
    """The three criteria that moved the score most."""
    return tuple(Reason(part.criterion, part.label, part.share / 1000) for part in score.reasons[:_REASONS])
