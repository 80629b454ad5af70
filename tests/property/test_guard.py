"""The bot guard: what counts is a function of the facts, whatever their order; machines are told from people."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from leadlight.activity import Fact, Identity, Kind
from leadlight.activity.order_key import day_number, day_of
from leadlight.guard import Guard
from leadlight.state import Change, Fold, codec, prune
from tests.property.histories import LEAD, batches, bring, deliver, deliveries

GUARD = Guard(
    enabled=True,
    clicks=("clicked",),
    opens=("opened",),
    deliveries=("delivered",),
    pages=("visited",),
    scan_clicks=3,
    scan_seconds=4,
    machine_seconds=1,
    per_minute=6,
    crawlers=("robot",),
)
MIDNIGHT = datetime(2026, 5, 2, tzinfo=UTC)
SPAN = 150  # seconds on both sides of midnight: minutes fill, rings overflow, days meet
randoms = st.randoms(use_true_random=False)

_rows = st.tuples(
    st.sampled_from(("clicked", "clicked", "clicked", "opened", "delivered", "visited", "used", "said")),
    st.integers(-SPAN * 4, SPAN * 4),  # quarters of a second
    st.integers(0, 11),
)


@st.composite
def traffic(draw: st.DrawFn) -> list[Fact]:
    """Facts of one lead within minutes: clicks, opens and deliveries of two messages, visits, and what people said."""
    rows = draw(st.lists(_rows, min_size=draw(st.sampled_from((0, 25))), max_size=45))
    return [_fact(number, *row) for number, row in enumerate(rows)]


def _fact(number: int, kind: str, quarters: int, value: int) -> Fact:
    values: dict[str, str | int | float | bool] = {"message_id": f"m{value % 2}", "n": value}
    if kind == "clicked" and value % 3 == 0:
        values["link_url"] = f"https://acme.example/{value % 4}"
    if kind == "visited":
        values = {"user_agent": "Robot/1.0" if value == 0 else "Mozilla/5.0", "n": value}
    if kind == "used":
        values = {"n": value}
    about = ("message:m0", "message:m1", "day:2026-05-01", "day:2026-05-02")[value % 4]
    said = kind == "said"
    return Fact(
        lead_id=LEAD,
        kind=Kind.VERDICT if said else Kind.ACTIVITY,
        type=("judged_human" if value % 3 else "judged_bot") if said else kind,
        source="import:crm" if value == 11 else "tool",
        source_id=f"f{number}",
        occurred_at=MIDNIGHT + timedelta(seconds=quarters / 4),
        identities=(Identity("email", "e@acme.example"),),
        values={"about": about} if said else values,
        untimed=kind == "used" and value == 10,
        backfill=kind == "clicked" and value == 9,
    )


def changed(fact: Fact, value: int) -> Fact:
    """The same fact with other content: of another message, or said of something else."""
    other = _fact(0, "said" if fact.kind is Kind.VERDICT else fact.type, 0, value)
    values = other.values if fact.kind is Kind.VERDICT else {**fact.values, **other.values}
    return Fact(**{**{name: getattr(fact, name) for name in Fact.__slots__}, "values": values})


def naive(history: list[Fact]) -> Counter[tuple[str, int]]:
    """What counts by type and day, each fact compared with each other: no ring, no window that slides."""
    sayings = sorted((fact for fact in history if fact.kind is Kind.VERDICT), key=lambda fact: fact.order_key)
    activities = [fact for fact in history if fact.kind is Kind.ACTIVITY]
    live = [fact for fact in activities if not fact.source.startswith("import:")]
    minutes = Counter(fact.occurred_at.replace(second=0, microsecond=0) for fact in live)
    counted, left = [], []
    for fact in activities:
        names = (f"message:{fact.values.get('message_id')}", f"day:{fact.occurred_at.date()}")
        said = [each.type for each in sayings if each.values["about"] in names]
        if said:
            counted += [fact] if said[-1] == "judged_human" else []
        elif fact.type == "visited" and "Robot" in str(fact.values["user_agent"]):
            continue
        elif fact.untimed or fact.backfill or fact not in live:
            counted.append(fact)
        elif minutes[fact.occurred_at.replace(second=0, microsecond=0)] <= 6:
            left.append(fact)
    counted += [fact for fact in left if not _is_machine(fact, left)]
    return Counter((fact.type, day_of(fact.order_key)) for fact in counted)


def _is_machine(fact: Fact, others: list[Fact]) -> bool:
    if fact.type not in ("clicked", "opened", "delivered"):
        return False
    of_message = [
        each
        for each in others
        if each.values.get("message_id") == fact.values["message_id"]
        and each.occurred_at.date() == fact.occurred_at.date()
    ]
    for each in of_message:
        after = (fact.occurred_at - each.occurred_at).total_seconds()
        if fact.type != "delivered" and each.type == "delivered" and 0 <= after <= 1:
            return True
        if fact.type == each.type == "clicked" and 0 <= after <= 4:
            burst = [one for one in of_message if one.type == "clicked" and _within(each, one, 4)]
            if len({one.values.get("link_url", one.source_id) for one in burst}) >= 3:
                return True
    return False


def _within(first: Fact, one: Fact, seconds: float) -> bool:
    return timedelta(0) <= one.occurred_at - first.occurred_at <= timedelta(seconds=seconds)


def counts(fold: Fold) -> dict[tuple[str, int], int]:
    return {(signal, day): n for signal, days in fold.signals.items() for day, n in days.items()}


def ordered(history: list[Fact]) -> Fold:
    """A pass in the order of the facts, each once and alone, over those before it."""
    fold, stored = Fold(), {}
    for fact in sorted(history, key=lambda fact: fact.order_key):
        stored[fact.source_id] = fact
        bring(fold, [Change(fact)], stored=stored, guard=GUARD)
    return fold


@given(history=traffic(), random=randoms, early=st.booleans())
def test_any_delivery_ends_in_the_same_fold(history: list[Fact], random: Random, *, early: bool) -> None:
    """Verdicts, what people said of them, and what is noted: any order, repetition and batching gives one fold."""
    assert codec.encode(deliver(history, random, early=early, guard=GUARD)) == codec.encode(ordered(history))


@given(traffic(), randoms)
def test_counts_are_those_of_judging_by_hand(history: list[Fact], random: Random) -> None:
    """What counts is what is left when each fact is compared with each other."""
    assert counts(deliver(history, random, early=True, guard=GUARD)) == naive(history)


@given(traffic(), randoms)
def test_nothing_is_lost_between_counted_and_set_aside(history: list[Fact], random: Random) -> None:
    """Counted and set aside add up to what was recorded, day by day."""
    fold = deliver(history, random, early=False, guard=GUARD)
    recorded = Counter(day_of(fact.order_key) for fact in history if fact.kind is Kind.ACTIVITY)
    for day, count in recorded.items():
        counted = sum(days.get(day, 0) for days in fold.signals.values())
        aside = sum(n for name, n in fold.notes.get(day, {}).items() if name != "delivered")
        assert counted + aside == count


@given(traffic(), randoms)
def test_what_was_rewritten_is_judged_as_it_is_stored(history: list[Fact], random: Random) -> None:
    """Same id, other content: a click that was of another message, a saying that was of another day."""
    records: list[tuple[float, int, Change]] = []
    stored: dict[str, Fact] = {}
    for fact in history:
        contents = [fact, *(changed(fact, random.randrange(9)) for _ in range(random.choice((0, 0, 1))))]
        if fact.untimed:
            contents = [fact]
        moments = sorted(random.random() for _ in contents)
        records += [
            (at, len(records) + n, Change(each, rewritten=n > 0))
            for n, (at, each) in enumerate(zip(moments, contents, strict=True))
        ]
        stored[fact.source_id] = contents[-1]
    fold = Fold()
    for batch in batches([change for *_, change in sorted(records, key=lambda record: record[:2])], random):
        bring(fold, batch, stored=stored, guard=GUARD)
    assert codec.encode(fold) == codec.encode(ordered(list(stored.values())))
    assert counts(fold) == naive(list(stored.values()))


@given(traffic(), randoms)
def test_a_second_delivery_changes_nothing(history: list[Fact], random: Random) -> None:
    """What the ring no longer holds is judged again from the stored facts, to the same."""
    stored = {fact.source_id: fact for fact in history}
    fold = ordered(history)
    before = codec.encode(fold)
    bring(fold, [Change(fact) for fact in deliveries(history, random)], stored=stored, guard=GUARD)
    assert codec.encode(fold) == before


@given(traffic(), randoms)
def test_pruning_commutes_with_judging(history: list[Fact], random: Random) -> None:
    """Whenever retention passes over the first of the days, the fold is the same in the end."""
    horizon = day_number(MIDNIGHT) - 1
    found = deliver(
        history,
        random,
        early=True,
        guard=GUARD,
        before=lambda fold: prune(fold, horizon) if random.random() < 0.3 else 0,
    )
    prune(found, horizon)
    wanted = ordered(history)
    prune(wanted, horizon)
    assert codec.encode(found) == codec.encode(wanted)
    assert codec.encode(codec.decode(codec.encode(found))) == codec.encode(found)
