"""A batch of the stream, several leads at once: none stops the others, and nobody waits longer than there is time."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest

from leadlight.activity import Identity, lead_id_of
from leadlight.adapters.threads import Threads
from leadlight.ports import Conflict, Unavailable
from leadlight.runtime import rescore
from leadlight.runtime.streams import Record, lead_id, sequence_number
from leadlight.state import LeadState
from tests.simulation.quiet import Quiet, quiet
from tests.simulation.world import World, poison

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLENTY = 60_000


@pytest.fixture
def world() -> Iterator[World]:
    with quiet(NOON) as stack:
        yield stack.world


def of(name: str) -> str:
    return lead_id_of(Identity("email", f"{name}@acme.example"))


def told(world: World, *names: str) -> list[Record]:
    """The stream's records of an activity of each of those named, in turn."""
    stack, found = Quiet(world), []
    for number, name in enumerate(names):
        moment = NOON - timedelta(minutes=len(names) - number)
        event = {"specversion": "1.0", "id": f"e{number}", "source": "app", "type": "demo_requested"}
        stack.activity({**event, "time": moment.isoformat(), "subject": f"{name}@acme.example"})
        for lane in world.activities_stream.lanes:
            found += lane.records
            lane.records.clear()
    return found


def handled(world: World, records: list[Record], left: Callable[[], int] = lambda: PLENTY) -> list[str]:
    """The leads of the records from the one on that Lambda has to deliver again."""
    failures = rescore.handle({"Records": records}, world, left=left)["batchItemFailures"]
    numbers = [sequence_number(record) for record in records]
    return [lead_id(record) for record in records[numbers.index(failures[0]["itemIdentifier"]) :]] if failures else []


def puts(world: World, monkeypatch: pytest.MonkeyPatch, before: Callable[[str], None]) -> list[str]:
    """The leads that were saved, in their order; `before` each it may go wrong."""
    saved: list[str] = []
    put = world.leads.put

    def noted(state: LeadState) -> None:
        before(state.lead_id)
        put(state)
        saved.append(state.lead_id)

    monkeypatch.setattr(world.leads, "put", noted)
    return saved


def throttled(*names: str, times: int = 1000) -> Callable[[str], None]:
    """Some leads are, so many times each."""
    left = {of(name): times for name in names}

    def before(lead: str) -> None:
        if left.get(lead, 0):
            left[lead] -= 1
            raise Unavailable("throttled")

    return before


def waning(*looks: int) -> Callable[[], int]:
    """What is left at each look, the last for ever."""
    rest = list(looks)
    return lambda: rest.pop(0) if len(rest) > 1 else rest[0]


def test_a_lead_that_is_throttled_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that are, the first record decides from where on the batch comes again."""
    saved = puts(world, monkeypatch, throttled("b", "d"))
    records = told(world, "a", "b", "c", "d", "e")
    assert handled(world, records) == [of("b"), of("c"), of("d"), of("e")]
    assert set(saved) == {of("a"), of("c"), of("e")}


def test_what_was_throttled_goes_through_while_there_is_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait doubles at most, and is somewhere between none and that."""
    saved = puts(world, monkeypatch, throttled("a", times=3))
    assert handled(world, told(world, "a", "b")) == []
    assert set(saved) == {of("a"), of("b")}
    assert len(world.hands.waited) == 3
    assert all(0 <= wait <= 0.1 * 2**number for number, wait in enumerate(world.hands.waited))


def test_after_some_waits_a_throttled_lead_comes_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much time is left."""
    puts(world, monkeypatch, throttled("a"))
    assert handled(world, told(world, "a")) == [of("a")]
    assert len(world.hands.waited) == 6


def test_nobody_waits_into_the_reserve(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the time is kept for the answer."""
    monkeypatch.setattr(world.hands, "draw", lambda: 1.0)
    puts(world, monkeypatch, throttled("a"))
    assert handled(world, told(world, "a"), waning(60_000, 60_000, 15_100)) == [of("a")]
    assert world.hands.waited == []


def test_a_lead_that_there_is_no_time_for_is_not_begun(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes again whole, and so do those after it."""
    saved = puts(world, monkeypatch, lambda _: None)
    records = told(world, "a", "b", "c")
    reads = waning(60_000, 60_000, 60_000, 10_000)  # at the start, before the read, before the first lead
    assert handled(world, records, reads) == [of("b"), of("c")]
    assert saved == [of("a")]


def test_a_lead_that_hangs_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first lead's put goes through when all others are saved; in turn they never would be."""
    turns = {of("a"): Event(), of("b"): Event(), of("c"): Event()}
    turns[of("c")].set()
    put = world.leads.put

    def in_reverse(state: LeadState) -> None:
        assert turns[state.lead_id].wait(30), "the others waited for it"
        put(state)
        saved.append(state.lead_id)
        for lead, after in ((of("c"), of("b")), (of("b"), of("a"))):
            if state.lead_id == lead:
                turns[after].set()

    saved: list[str] = []
    monkeypatch.setattr(world, "hands", Threads())
    monkeypatch.setattr(world.leads, "put", in_reverse)
    assert handled(world, told(world, "a", "b", "c")) == []
    assert saved == [of("c"), of("b"), of("a")]


def test_threads_end_where_one_after_the_other_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same items of the leads table, however often threads are switched between."""
    names = [f"lead{number % 40}" for number in range(120)]
    tables = []
    interval = sys.getswitchinterval()
    for hands in (None, Threads()):
        with quiet(NOON) as stack:
            records = told(stack.world, *names)
            if hands:
                sys.setswitchinterval(1e-6)
                monkeypatch.setattr(stack.world, "hands", hands)
            try:
                assert handled(stack.world, records) == []
            finally:
                sys.setswitchinterval(interval)
            tables.append(stack.world.leads.table.items)
    assert len(tables[0]) == 40
    assert tables[0] == tables[1]


def test_a_lead_of_which_there_is_much_comes_last(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One put for all of its records."""
    saved = puts(world, monkeypatch, lambda _: None)
    assert handled(world, told(world, "hot", "a", "hot", "b", "hot")) == []
    assert saved == [of("a"), of("b"), of("hot")]


def test_each_lead_is_read_once_and_saved_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is known: the states are read together."""
    handled(world, told(world, "a", "b"))
    for lane in world.activities_stream.lanes:
        lane.records.clear()
    calls: list[str] = []
    call = world.scheduler.call

    def noted(name: str, effect: Callable[[], Any], **more: Any) -> Any:
        calls.append(name)
        return call(name, effect, **more)

    records = told(world, "a", "b", "a", "b")
    monkeypatch.setattr(world.leads, "_world", world)
    monkeypatch.setattr(world.scheduler, "call", noted)
    monkeypatch.setattr(world.scheduler.random, "random", lambda: 0.9)  # nothing that is read is an old state
    assert handled(world, records) == []
    assert calls == ["get state", "get state", "put state", "put state"]


def test_a_conflict_is_gone_into_again_with_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once the first time: mostly the other one is done."""
    left = [3]

    def before(_: str) -> None:
        if left[0]:
            left[0] -= 1
            raise Conflict("somebody else")

    saved = puts(world, monkeypatch, before)
    assert handled(world, told(world, "a")) == []
    assert saved == [of("a")]
    assert len(world.hands.waited) == 2
    assert all(0 <= wait <= 0.01 * 2**number for number, wait in enumerate(world.hands.waited))


def test_a_poison_record_that_cannot_be_kept_comes_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the others of the batch go on."""

    def unavailable(*_: object) -> None:
        raise Unavailable("the bucket")

    poison(world, of("a"), NOON, 2)
    records = [record for lane in world.activities_stream.lanes for record in lane.records]
    for lane in world.activities_stream.lanes:
        lane.records.clear()
    records += told(world, "b")
    saved = puts(world, monkeypatch, lambda _: None)
    monkeypatch.setattr(world.failed, "keep", unavailable)
    assert handled(world, records) == [of("a"), of("b")]
    assert saved == [of("b")]


def test_what_a_fact_said_before_it_was_rewritten_does_not_come_back(world: World) -> None:
    """Its record may come once more, from an invocation that was thought dead."""
    stack = Quiet(world)

    def says(**traits: str) -> Record:
        data = {"lead": {"email": "ada@acme.example"}, "traits": traits}
        event = {"specversion": "1.0", "id": "e1", "source": "crm", "type": "lead_identified", "time": NOON.isoformat()}
        stack.activity({**event, "data": data})
        [record] = [record for lane in world.activities_stream.lanes for record in lane.records]
        stack.settle()
        return record

    first = says(job_title="Head of Growth", country="DE")
    says(country="FR")
    assert handled(world, [first]) == []
    state = world.leads.get(of("ada"), consistent=True)
    assert state is not None
    assert {name: trait.value for name, trait in state.fold.traits.items()} == {"country": "FR"}
