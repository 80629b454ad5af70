"""A lead's facts, and every way that at-least-once delivery may bring them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import strategies as st
from msgspec.structs import replace

from leadlight.activity import Fact, Identity, Kind, Scalar
from leadlight.activity.order_key import day_of
from leadlight.guard import Guard
from leadlight.guard.rules import OFF
from leadlight.state import Change, Fold, apply

SAID = ("consent_withdrawn", "consent_given", "do_not_contact", "contact_allowed")

START = datetime(2026, 5, 1, tzinfo=UTC)
DAYS = 20
LEAD = "ld_one"


def signals_of(kind: str, properties: Mapping[str, Scalar]) -> tuple[str, ...]:
    """A catalogue in one line: an activity is its own signal, and an important one is another beside it."""
    return (kind, f"{kind}_important") if properties.get("important") else (kind,)


@st.composite
def facts(draw: st.DrawFn, *, most: int = 45) -> list[Fact]:
    """Facts of one lead, each with a name of its own: counted ones mostly, and registers. Half overflow the ring."""
    least = draw(st.sampled_from((0, most - 12)))
    drawn = draw(st.lists(st.tuples(_kinds, _minutes, st.integers(0, 5)), min_size=least, max_size=most))
    return [_fact(number, *row) for number, row in enumerate(drawn)]


_kinds = st.sampled_from(
    ("visited", "visited", "visited", "clicked", "clicked", "untimed", "traits", "consent", "deal", "sales")
)
_minutes = st.integers(0, DAYS * 24 * 60)


def _fact(number: int, kind: str, minute: int, value: int) -> Fact:
    reserved: dict[str, tuple[Kind, str, dict[str, Scalar]]] = {
        "traits": (Kind.TRAITS, "lead_identified", {"title": f"t{value}", **({"size": value} if value > 2 else {})}),
        "consent": (Kind.CONSENT, SAID[value % len(SAID)], {}),
        "deal": (Kind.DEAL, ("deal_opened", "deal_won", "deal_lost")[value % 3], {"deal_id": "d1", "amount": value}),
        "sales": (Kind.SALES, "handoff_accepted", {"handoff_id": f"h{value % 2}"}),
    }
    activity = (Kind.ACTIVITY, "visited" if kind == "untimed" else kind, {"important": value == 0, "n": value})
    of, name, values = reserved.get(kind, activity)
    return Fact(
        lead_id=LEAD,
        kind=of,
        type=name,
        source="tool",
        source_id=f"f{number}",
        occurred_at=START + timedelta(minutes=minute),
        identities=(Identity("email", f"e{value}@acme.example"),),
        values=values,
        untimed=kind == "untimed",
    )


def rewritten(fact: Fact, value: int) -> Fact:
    """The same fact with other content."""
    other: dict[str, Scalar] = {**fact.values, "n": 100 + value, "important": value % 2 == 0}
    if fact.kind is Kind.TRAITS:
        other = {"title": f"r{value}"}
    if fact.kind is Kind.DEAL:
        other = {"deal_id": f"d{value % 3}", "amount": 100 + value}
    return replace(fact, values=other)


def ordered(history: Iterable[Fact]) -> Fold:
    """The fold of a single pass in the order of the facts, each once."""
    fold = Fold()
    for fact in sorted(history, key=lambda fact: fact.order_key):
        bring(fold, [Change(fact)], stored={})
    return fold


def bring(fold: Fold, changes: Sequence[Change], *, stored: Mapping[str, Fact], guard: Guard = OFF) -> None:
    """Applies a batch over the facts that are stored by then."""

    def facts_on(day: int) -> list[Fact]:
        return [fact for fact in stored.values() if fact.kind is Kind.ACTIVITY and day_of(fact.order_key) == day]

    def facts_of(kind: Kind) -> list[Fact]:
        return [fact for fact in stored.values() if fact.kind is kind]

    apply(fold, changes, signals_of=signals_of, facts_on=facts_on, facts_of=facts_of, guard=guard)


def deliveries(history: Sequence[Fact], random: Random) -> list[Fact]:
    """Every fact at least once, up to three times, in any order."""
    sent = [fact for fact in history for _ in range(random.choice((1, 1, 2, 3)))]
    random.shuffle(sent)
    return sent


def batches(changes: Sequence[Change], random: Random) -> Iterator[Sequence[Change]]:
    """The changes in batches of any size."""
    start = 0
    while start < len(changes):
        size = random.choice((1, 1, 2, 5, 20))
        yield changes[start : start + size]
        start += size


def deliver(
    history: Sequence[Fact], random: Random, *, early: bool, before: Callable[[Fold], object] = id, guard: Guard = OFF
) -> Fold:
    """The fold after a delivery. `early`: everything is stored before anything is delivered; `before` each batch."""
    fold, stored = Fold(), {fact.source_id: fact for fact in history} if early else {}
    for batch in batches([Change(fact) for fact in deliveries(history, random)], random):
        stored |= {change.fact.source_id: change.fact for change in batch}
        before(fold)
        bring(fold, batch, stored=stored, guard=guard)
    return fold
