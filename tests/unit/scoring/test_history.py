"""Any past day from the fold of today, and the coming ones."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.activity import Scalar
from leadlight.model import BuyingStage, Decay, Model, StageCondition
from leadlight.model.structs import Segment
from leadlight.scoring import Engine
from leadlight.scoring.forecast import crossings, forecast
from leadlight.scoring.history import DEPTH, history, past_days
from leadlight.scoring.target import lines, targets
from leadlight.state import Fold
from tests.unit.scoring.small import TODAY, fold, histories, model, models, said, signal, traits

History = Mapping[str, Mapping[int, int]]
changes = st.lists(st.tuples(st.integers(TODAY - DEPTH + 1, TODAY), traits), max_size=3)


def at(day: int, signals: History, said_on: list[tuple[int, Mapping[str, Scalar]]]) -> Fold:
    """The fold of the facts up to the end of a day: nobody knew more then."""
    made = fold({name: kept for name, days in signals.items() if (kept := {d: n for d, n in days.items() if d <= day})})
    for number, (when, values) in enumerate(said_on):
        if when <= day and values:
            made.register(said(values, day=when, name=str(number)))
    return made


@settings(deadline=None)
@given(models(), histories, changes)
def test_a_past_day_is_what_it_was_on_that_day(
    model: Model, signals: History, said_on: list[tuple[int, Mapping[str, Scalar]]]
) -> None:
    """The score of a day from the fold of today is that of the facts up to that day, traits among them."""
    engine = Engine(model)
    found = history(engine, at(TODAY, signals, said_on), past_days(TODAY))
    assert [day for day, _ in found] == list(range(TODAY - DEPTH + 1, TODAY + 1))
    for day, totals in found:
        assert totals == engine.totals(at(day, signals, said_on), day)


@settings(deadline=None)
@given(models(), histories, traits)
def test_a_forecast_is_what_comes_if_nothing_happens(
    model: Model, signals: History, known: Mapping[str, Scalar]
) -> None:
    """Each day is scored as it will be then; each crossing is between two neighbors, and none is left out."""
    engine, lead = Engine(model), fold(signals, **known)
    found = forecast(engine, lead, TODAY, days=20)
    assert [day for day, _ in found.series] == list(range(TODAY, TODAY + 21))
    assert all(engine.totals(lead, day) == totals for day, totals in found.series)
    by_day = dict(found.series)
    wanted = {
        (day, target.enter)
        for day in range(TODAY + 1, TODAY + 21)
        for target in targets(model)
        if target.reached(by_day[day - 1]) != target.reached(by_day[day])
    }
    assert {(one.day, one.name) for one in found.crossings if one.kind == "threshold"} == wanted
    turns = [day for day in range(TODAY + 1, TODAY + 21) if by_day[day - 1].grade != by_day[day].grade]
    assert [one.day for one in found.crossings if one.kind == "grade"] == turns


def test_what_fades_is_told_by_day() -> None:
    """A threshold, a line, a band and a buying stage, each on its day, in words."""
    fading = model(
        signals=(signal("a", 100_000, decay=Decay("linear", 20)),),
        buying_stages={BuyingStage.DECISION: (StageCondition("a", 1, 5),)},
        segments=(Segment("warm", "Warm", score_at_least=5),),
    )
    series = forecast(Engine(fading), fold({"a": {TODAY: 1}}), TODAY, days=30).series
    assert [(one.day - TODAY, one.words) for one in crossings(fading, series)] == [
        (5, "mql: no longer met"),
        (5, "buying stage decision to awareness"),
        (13, "score falls below 10 (leaves mql): 10 to 9"),
        (17, "score falls below 5 (warm): 5 to 4"),
    ]
    assert len(lines(fading)) == 3
