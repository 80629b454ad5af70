"""Why not: every way is a true one, and no cheaper one is missed."""

from collections.abc import Iterator, Mapping
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.activity import Scalar
from leadlight.model import BuyingStage, Category, Limit, Model, StageCondition
from leadlight.model.structs import Suppression
from leadlight.scoring import Engine
from leadlight.scoring.target import Target
from leadlight.scoring.way import Way
from leadlight.scoring.why_not import why_not
from leadlight.signals import Condition
from leadlight.state import Fold
from leadlight.state.codec import encode
from tests.unit.scoring.small import (
    COUNTRIES,
    SIGNALS,
    SIZES,
    TODAY,
    fit,
    fold,
    histories,
    model,
    models,
    signal,
    traits,
)

History = Mapping[str, Mapping[int, int]]
Known = Mapping[str, Scalar]


def supposed(history: History, known: Known, more: Mapping[str, int], other: Known) -> Fold:
    """The lead made anew, as if that had happened: not by the code under test."""
    signals = {name: dict(days) for name, days in history.items()}
    for name, times in more.items():
        if times:
            signals.setdefault(name, {})[TODAY] = signals.get(name, {}).get(TODAY, 0) + times
    return fold(signals, **{**known, **other})


def happened(history: History, known: Known, way: Way) -> Fold:
    more = {step.name: step.times for step in way.steps if not step.is_trait}
    return supposed(history, known, more, {step.name: step.value for step in way.steps if step.is_trait})  # type: ignore[misc]


def everything(most: int) -> Iterator[tuple[int, Mapping[str, int], Known]]:
    """All that may happen, up to a cost."""
    for size, country in product((None, *SIZES), (None, *COUNTRIES)):
        other = {name: value for name, value in (("size", size), ("country", country)) if value is not None}
        for times in product(range(most + 1), repeat=len(SIGNALS)):
            cost = sum(times) + len(other)
            if cost <= most:
                yield cost, dict(zip(SIGNALS, times, strict=True)), other


@settings(max_examples=100, deadline=None)
@given(models(), histories, traits, st.integers(1, 25), st.sampled_from("DDDCBA"))
def test_the_first_way_is_the_cheapest_of_all(
    model: Model, history: History, known: Known, more: int, grade: str
) -> None:
    """Tried on everything that costs up to three: what brute force finds first, `why_not` finds first."""
    engine, lead = Engine(model), fold(history, **known)
    target = Target(engine.totals(lead, TODAY).score + more, grade)  # type: ignore[arg-type]
    ways = why_not(engine, lead, TODAY, target=target)
    reaching = [
        cost
        for cost, more, other in everything(3)
        if target.reached(engine.totals(supposed(history, known, more, other), TODAY))
    ]
    cheapest = min(reaching, default=4)
    if cheapest == 0:
        assert ways == ()
    elif cheapest <= 3:
        assert ways[0].cost == cheapest
    else:
        assert all(way.cost > 3 for way in ways)


@settings(max_examples=100, deadline=None)
@given(models(), histories, traits, st.integers(1, 40), st.sampled_from("DDDCBA"))
def test_every_way_is_true(model: Model, history: History, known: Known, more: int, grade: str) -> None:
    """A lead to whom it really happens has the totals that the way says; without one of its steps it has not."""
    engine, lead = Engine(model), fold(history, **known)
    target = Target(engine.totals(lead, TODAY).score + more, grade)  # type: ignore[arg-type]
    stored = encode(lead)
    ways = why_not(engine, lead, TODAY, target=target)
    assert encode(lead) == stored
    assert [way.cost for way in ways] == sorted(way.cost for way in ways)
    before = engine.totals(lead, TODAY)
    for way in ways:
        assert engine.totals(happened(history, known, way), TODAY) == way.totals
        assert target.reached(way.totals)
        assert sum(way.gains.values()) == (way.totals.score - before.score) * 1000
        for step in way.steps if way.cost <= 3 else ():
            rest = way._replace(steps=tuple(other for other in way.steps if other != step))
            assert not target.reached(engine.totals(happened(history, known, rest), TODAY))


def test_a_lead_that_is_there_needs_nothing() -> None:
    """No way, because there is nothing to do."""
    assert why_not(Engine(model(signals=(signal(),))), fold({"a": {TODAY: 9}}), TODAY, target=Target(20)) == ()


def test_a_target_that_nothing_reaches_has_no_way() -> None:
    """Caps may make it unreachable; that is said by saying nothing."""
    engine = Engine(model(signals=(signal(cap=40_000),)))
    assert why_not(engine, fold(), TODAY, target=Target(11)) == ()


def test_a_suppressed_lead_has_no_way() -> None:
    """Whatever it does, it is nobody to sell to; and no threshold is reached with it."""
    rival = Suppression("rival", "competitor", "company", Condition(any_of=("Rival",)))
    engine = Engine(model(signals=(signal("a", 60_000),), suppress=(rival,)))
    assert why_not(engine, fold(company="Rival"), TODAY, target=Target(15)) == ()
    assert not Target(0).reached(engine.totals(fold({"a": {TODAY: 1}}, company="Rival"), TODAY))
    assert len(why_not(engine, fold(company="Acme"), TODAY, target=Target(15))) == 1


def test_a_limit_is_respected() -> None:
    """One a day counts: the second of today brings nothing, so another signal must come."""
    engine = Engine(model(signals=(signal("a", 60_000, limit=Limit(1, 1)), signal("b", 15_000))))
    ways = why_not(engine, fold({"a": {TODAY: 1}}), TODAY, target=Target(20))
    assert [way.words for way in ways] == ["2 more b (criterion on b)"]


def test_what_is_not_known_comes_before_what_is_known_otherwise() -> None:
    """It is easier to ask for a country than to change a company's size."""
    criteria = (fit("size", 80_000, at_least=100), fit("country", 80_000, any_of=("US",)))
    ways = why_not(Engine(model(fit=criteria)), fold(size=10), TODAY, target=Target(20))
    assert [way.words for way in ways] == [
        "country known to be US (fit on country)",
        "size 100 instead of 10 (fit on size)",
    ]
    assert ways[0].totals.grade == "A"


def test_a_step_into_another_buying_stage_counts() -> None:
    """The signal gives no points; the stage that it opens weighs the others more."""
    weights = {stage: dict.fromkeys(Category, 1) for stage in BuyingStage}
    weights[BuyingStage.DECISION] = {**dict.fromkeys(Category, 0), Category.BEHAVIOR: 1}
    staged = model(
        weights=weights,
        buying_stages={BuyingStage.DECISION: (StageCondition("call", 2, 7),)},
        signals=(signal("a", 40_000, limit=Limit(1, 365)),),
    )
    (way,) = why_not(Engine(staged), fold({"a": {TODAY - 1: 1}}), TODAY, target=Target(40))
    assert way.words == "2 more call"
    assert way.totals.buying_stage == BuyingStage.DECISION


def test_three_different_things_are_cheaper_than_four_of_one() -> None:
    """All sets of three are tried, of whatever they are; a trait that is worth little is one."""
    criteria = (signal("a", 24_000, limit=Limit(1, 1)), signal("b", 24_000, limit=Limit(1, 1)), signal("c", 18_000))
    ways = why_not(
        Engine(model(signals=criteria, fit=(fit("size", 12_000, at_least=5),))), fold(), TODAY, target=Target(15)
    )
    assert [(way.totals.score, way.words) for way in ways] == [
        (15, "1 more a (criterion on a), 2 more c (criterion on c)"),
        (15, "1 more b (criterion on b), 2 more c (criterion on c)"),
        (16, "1 more a (criterion on a), 1 more b (criterion on b), 1 more c (criterion on c)"),
        (15, "size known to be 5 (fit on size), 1 more a (criterion on a), 1 more b (criterion on b)"),
        (18, "4 more c (criterion on c)"),
    ]


def test_a_far_target_has_a_way_too() -> None:
    """More different things than are tried in all combinations: the best next one, again and again."""
    criteria = tuple(
        signal(name, 30_000, id=name, category=category, limit=Limit(1, 1))
        for name, category in zip("abcdef", (*tuple(Category)[1:], *tuple(Category)[1:]), strict=True)
    )
    (way,) = why_not(Engine(model(signals=criteria)), fold(), TODAY, target=Target(45))
    assert way.cost == 6
    assert way.totals.score == 45


def test_a_way_has_no_step_that_it_does_not_need() -> None:
    """What looked best at first is left out once the rest reaches the target without it."""
    weights = {stage: dict.fromkeys(Category, 1) for stage in BuyingStage}
    weights[BuyingStage.DECISION] = {**dict.fromkeys(Category, 0), Category.BEHAVIOR: 1}
    criteria = (
        signal("a", 100_000, category=Category.ENGAGEMENT),
        *(signal(name, 30_000, limit=Limit(1, 1)) for name in "pqr"),
    )
    staged = model(
        weights=weights, signals=criteria, buying_stages={BuyingStage.DECISION: (StageCondition("call", 1, 7),)}
    )
    (way,) = why_not(Engine(staged), fold(), TODAY, target=Target(90))
    assert [step.name for step in way.steps] == ["call", "p", "q", "r"]


def test_a_criterion_on_text_is_met_by_an_example() -> None:
    """A pattern's own words are tried; what is found really matches."""
    criterion = fit("job_title", 80_000, matches=r"\b(vp|vice president)\b")
    (way,) = why_not(Engine(model(fit=(criterion,))), fold(), TODAY, target=Target(20))
    assert way.steps[0].value == "vp"
