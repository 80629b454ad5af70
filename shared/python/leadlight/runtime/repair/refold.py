"""A stored fold beside the one that its facts come to, both as of one day."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from leadlight.activity import Fact, Kind, is_account
from leadlight.activity.order_key import day_number, day_of
from leadlight.guard import judge
from leadlight.ports import Ports
from leadlight.state import Fold, LeadState, by_day, codec, folded, prune
from leadlight.state.outlive import carry
from leadlight.state.readable import Difference, differences


class Refolded(NamedTuple):
    """The fold that is stored, the one that the facts come to, and these; `horizon` is the last day that is past."""

    stored: Fold
    rebuilt: Fold
    facts: Sequence[Fact]
    horizon: int

    @property
    def differences(self) -> list[Difference]:
        """Where the two differ."""
        return list(differences(self.stored, self.rebuilt))


class Terms(NamedTuple):
    """recorded = counted + set aside + expired: what became of a lead's stored activities.

    Counted are those that a signal reads, set aside those that none does or
    that the bot guard keeps out; expired are past retention, and wait for
    their time to live. `registered` are facts that are no activities: traits, deals, consent, sales' answers.
    """

    recorded: int = 0
    counted: int = 0
    set_aside: int = 0
    expired: int = 0
    registered: int = 0

    def plus(self, other: "Terms") -> "Terms":
        """Both together."""
        return Terms(*(one + another for one, another in zip(self, other, strict=True)))


def refold(state: LeadState, ports: Ports) -> Refolded:
    """Folds a lead's facts anew. What its account told it is no fact, and is carried; nothing is stored.

    A merged lead has no fold: its facts are at its root.
    """
    today = day_number(ports.now())
    horizon = state.fold.pruned if is_account(state.lead_id) else max(state.fold.pruned, today - ports.retention_days)
    stored = codec.decode(codec.encode(state.fold))
    if state.kin.root:
        return Refolded(stored, Fold(), (), horizon)
    facts = ports.facts.every(state.lead_id)
    prune(stored, horizon)
    catalogue = ports.documents.catalogue
    rebuilt = folded(facts, signals_of=catalogue.signals_of, guard=catalogue.guard, horizon=horizon)
    carry(rebuilt, stored)
    rebuilt.account, rebuilt.companies = stored.account, stored.companies
    return Refolded(stored, rebuilt, facts, horizon)


def terms(refolded: Refolded, ports: Ports) -> tuple[Terms, list[Difference]]:
    """What became of the facts, counted one by one; and where the stored fold holds more or fewer of a signal's day."""
    found: Counter[str] = Counter(registered=sum(fact.kind is not Kind.ACTIVITY for fact in refolded.facts))
    wanted, catalogue = 0, ports.documents.catalogue
    on = by_day(refolded.facts)
    for day in {day_of(fact.order_key) for fact in refolded.facts if fact.kind is Kind.ACTIVITY}:
        facts = on(day)
        found["recorded"] += len(facts)
        if day <= refolded.horizon:
            found["expired"] += len(facts)
            continue
        rated = [refolded.rebuilt.lane(fact).rated for fact in facts]
        verdicts = judge(catalogue.guard, facts, refolded.rebuilt.judged, rated=rated)
        for fact, aside in zip(facts, verdicts, strict=True):
            signals = () if aside else catalogue.signals_of(fact.type, dict(fact.values))
            found["counted" if signals else "set_aside"] += 1
            wanted += len(signals)
    held = sum(sum(days.values()) for days in refolded.stored.signals.values())
    wrong = [] if held == wanted else [Difference("counts of all signals", held, wanted)]
    return Terms(**found), wrong
