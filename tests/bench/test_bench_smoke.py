"""The benchmark in small: it runs, its rows say what they should, and everyone gets the same scores.

Nothing here looks at a time.
"""

from collections.abc import Callable

import pytest

from leadlight.model import STAGES
from tests.bench import accounts, bulk, engine, hot, imports, ingest_cpu, peers, price, rescored, sample, units
from tests.bench.item_size import Item, index_units, read_units, size, write_units
from tests.bench.row import Row, at_most, ratio_at_least, ratio_at_most, row


def test_a_row_is_judged_only_where_it_has_a_budget_and_a_value() -> None:
    """`ok` is true or false by the budget, and null without one or where nothing could be measured."""
    assert row("a", 2, "x").ok is None
    assert row("a", None, "x", budget=at_most(3, "x")).ok is None
    assert row("a", 2, "x", budget=at_most(3, "x")).ok is True
    assert row("a", 4, "x", budget=at_most(3, "x")).ok is False
    assert row("a", 4, "x", peer="b", peer_value=2, budget=ratio_at_most(1.9)).ok is False
    assert row("a", 4, "x", peer="b", peer_value=2, budget=ratio_at_least(2)).ok is True


def test_items_are_sized_by_the_documented_rules() -> None:
    """Names count; whole KB are written and whole 4 KB read; an index costs only when its keys change."""
    item: Item = {"lead_id": {"S": "é"}, "n": {"N": "-12.50"}, "b": {"B": b"123"}, "t": {"BOOL": True}}
    assert size(item) == (7 + 2) + (1 + 4) + (1 + 3) + (1 + 1)
    large = {"lead_id": {"S": "x" * 1024}}
    assert [write_units(None), write_units(item), write_units(item, large)] == [1, 1, 2]
    assert [read_units(0, consistent=False), read_units(4097, consistent=True)] == [0.5, 2]
    ranked = {**item, "item": {"S": "state"}, "rank_partition": {"S": "lead#01"}, "rank_key": {"S": "040#ld_a"}}
    moved = {**ranked, "rank_key": {"S": "045#ld_a"}}
    assert [index_units(None, ranked), index_units(ranked, ranked), index_units(ranked, moved)] == [1, 0, 2]


@pytest.mark.parametrize(
    ("language", "compiled"), [("zen", peers.zen_engine), ("python", peers.simple_eval), ("zen", engine.zen_decision)]
)
def test_the_peers_give_the_same_scores(language: peers.Language, compiled: Callable[[str], peers.Evaluate]) -> None:
    """All of them score every lead as we do, in every buying stage."""
    contest = engine.Contest(sample.model(), sample.leads(60))
    assert set(contest.stages) == set(STAGES)
    assert contest.peer(peers.total, language, compiled)() == contest.totals()()


def test_the_peers_give_the_same_contributions() -> None:
    """Criterion by criterion, to the thousandth; halves are rounded to even here and up by zen-engine."""
    model = sample.model()
    names = [criterion.id for criterion in model.fit] + [criterion.id for criterion in model.signals]
    contest = engine.Contest(model, sample.leads(60))
    theirs = contest.peer(peers.contributions, "zen", peers.zen_engine)()
    for points, ours in zip(theirs, contest.explained(), strict=True):
        for name, given in zip(names, points, strict=True):
            assert abs(given - ours.get(name, 0)) <= 1, name


def test_a_larger_model_gives_the_same_signals_the_same_points() -> None:
    """The models that growth is measured with differ in what the lead does not show."""
    small, large = sample.model(30), sample.model(300)
    assert small.signals[:15] != large.signals
    assert {criterion.signal for criterion in small.signals} < {criterion.signal for criterion in large.signals}


@pytest.mark.parametrize("bench", [engine.rows, bulk.rows, hot.rows, imports.rows, ingest_cpu.rows])
def test_a_bench_gives_rows(bench: Callable[..., list[Row]]) -> None:
    """Each row has a name, a value and a unit; the ones with a budget are judged."""
    for found in bench(quick=True):
        assert found.name
        assert found.unit
        assert found.value is not None
        assert (found.ok is None) == (found.budget is None)
        assert (found.ratio is None) == (found.peer is None)


def test_a_changed_trait_of_an_account_rescores_each_of_1000_leads_once() -> None:
    """For a write of what the lead is told and one of its state, and what it takes to read that."""
    told = accounts.measure(leads=1000)
    assert told.times == {1: 1000}
    assert 2 <= told.wru < 2.1
    assert told.rru < 1
    assert told.invocations < 20


def test_units_are_metered_on_the_real_handlers() -> None:
    """Every activity is one write of its fact at least; the price follows from the units."""
    found, usage = units.rows(quick=True)
    assert usage.writes["activities"] >= 1
    assert 0 < usage.writes["leads"] <= 3
    assert usage.invocations["rescore"] == usage.invocations["ingest"] <= 1
    together = {"WRU and RRU", "WRU and RRU at the price of WRU"}
    assert {each.unit for each in found} == {"WRU", "RRU", "bytes"} | together
    assert {each.peer for each in found} == {None, units.TRANSACTIONS, "10 of history"}
    priced, bill = price.rows(usage, ingest_ms=1, put_ms=1)
    assert priced[0].value == pytest.approx(sum(part.dollars for part in bill), rel=1e-3)


def test_rescoring_is_metered_on_the_real_sweep() -> None:
    """A publish writes every lead, by one put at least; a night later nearly nobody has changed. Both are priced."""
    found, done = rescored.rows(quick=True)
    for name in (rescored.ONE, rescored.ALL):
        assert done[name].written == 1
        assert done[name].wru >= 1 + done[name].index_wru
        assert done[name].calls["sweep"] >= 1
    assert done[rescored.NIGHT].wru < done[rescored.ONE].wru
    assert all(each.value is not None for each in found)
    priced, bills = price.rows_of_rescored(done, put_ms=1)
    assert [each.budget is not None for each in priced] == [True, False, False, False]
    for each, bill in zip(priced, bills.values(), strict=False):
        assert each.value == pytest.approx(sum(part.dollars for part in bill), rel=1e-3)
