"""Scores against a slow reference, and the algebra that people rely on (design, section 5)."""

from itertools import product
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.activity import Fact, Scalar
from leadlight.activity.order_key import DAY_MS, day_number
from leadlight.model import STAGES, Category, Decay, Limit, Model, SignalCriterion
from leadlight.scoring import Engine, Score
from leadlight.state import Fold, codec
from leadlight.state.traits import Trait
from tests.property import slow_scoring
from tests.property.histories import DAYS, START, deliver, facts, ordered
from tests.property.models import (
    BLOCKS,
    TODAY,
    Lead,
    buckets,
    fit_points,
    histories,
    models,
    one_criterion,
    traits,
)

History = dict[str, list[int]]
Known = dict[str, Scalar]
WINDOWS = (None, 1, 14, 45)
LIMITS = (None, Limit(1, 1), Limit(3, 1), Limit(2, 7), Limit(5, 30))
DECAYS = (None, Decay("half_life", 7), Decay("linear", 20), Decay("step", 10))
CAPS = (None, 9_000)
SIGNS = (1, -1)
PATTERNS = ((4_001, 4_001, 4_001), (3_000, 5_500, 7_250))
CASES = 11
BEHAVIOR = list(Category).index(Category.BEHAVIOR)


@pytest.mark.parametrize("window", WINDOWS)
def test_every_combination_is_what_it_says(window: int | None) -> None:
    """Window, limit, decay, cap, sign and points by stage combine freely on one criterion."""
    random = Random(1)
    for limit, decay, cap, sign, pattern, stage in product(LIMITS, DECAYS, CAPS, SIGNS, PATTERNS, STAGES):
        first, second, third = (sign * each for each in pattern)
        criterion = SignalCriterion("c", "c", Category.BEHAVIOR, "a", (first, second, third), window, limit, decay, cap)
        engine = Engine(one_criterion(criterion, stage))
        for _ in range(CASES):
            days = [TODAY + 1 - int(random.expovariate(0.08)) for _ in range(random.choice((0, 1, 1, 2, 3, 6, 20)))]
            fold = Fold(signals=buckets({"a": days, f"is_{stage}": [TODAY]}))
            score = engine.score(fold, TODAY)
            parts = [part for part in score.contributions if part.criterion == "c"]
            wanted = slow_scoring.points(criterion, days, TODAY, stage)
            assert sum(part.points for part in parts) == wanted, (criterion, days, stage)
            assert score.sums[BEHAVIOR] == max(0, wanted)
            assert engine.totals(codec.read(codec.encode(fold)), TODAY) == engine.totals(fold, TODAY) == score.totals
            for part in parts:
                assert part.raw - part.limited - part.decayed - part.capped == part.points


def test_there_are_cases_enough() -> None:
    """Each combination is scored often: 20,000 times and more in all."""
    combinations = product(WINDOWS, LIMITS, DECAYS, CAPS, SIGNS, PATTERNS, STAGES)
    assert len(list(combinations)) * CASES > 20_000


@given(models(), histories, traits)
def test_the_score_is_that_of_the_slow_reference(model: Model, history: History, known: Known) -> None:
    """Buckets, tables and integers give what single activities and exact fractions give."""
    totals = Engine(model).totals(Lead(buckets(history), known), TODAY)
    assert totals.buying_stage == slow_scoring.buying_stage(model, history, TODAY)
    assert totals.score == slow_scoring.score(model, history, TODAY, fit=fit_points(model, known))


@given(models(), histories, traits)
def test_the_parts_add_up(model: Model, history: History, known: Known) -> None:
    """Promise 3: contributions, clamps and rounding among them, are the score exactly."""
    score = Engine(model).score(Lead(buckets(history), known), TODAY)
    assert sum(part.share for part in score.contributions) == score.totals.score * 1000
    for category in Category:
        of_category = [part.points for part in score.contributions if part.category is category]
        assert sum(of_category) == score.categories[category]


@given(models(), histories, traits)
def test_totals_are_those_of_the_explanation(model: Model, history: History, known: Known) -> None:
    """The short way and the long way give one score."""
    engine, lead = Engine(model), Lead(buckets(history), known)
    assert engine.totals(lead, TODAY) == engine.score(lead, TODAY).totals


@given(models(), histories, traits)
def test_caps_and_clamps_hold(model: Model, history: History, known: Known) -> None:
    """No criterion passes its cap, no category leaves [0, cap], no score leaves 0 to 100."""
    score = Engine(model).score(Lead(buckets(history), known), TODAY)
    caps = {criterion.id: criterion.cap for criterion in model.signals}
    for part in score.contributions:
        cap = caps.get(part.criterion)
        assert cap is None or abs(part.points) <= cap
    assert all(0 <= score.categories[category] <= model.caps[category] for category in Category)
    assert 0 <= score.totals.score <= 100


@given(models(), histories, traits, st.randoms(use_true_random=False))
def test_order_does_not_matter(model: Model, history: History, known: Known, random: Random) -> None:
    """Neither the order of activities, nor that of buckets."""
    shuffled = {signal: random.sample(days, len(days)) for signal, days in reversed(list(history.items()))}
    engine = Engine(model)
    assert _plain(engine.score(Lead(buckets(history), known), TODAY)) == _plain(
        engine.score(Lead(buckets(shuffled), known), TODAY)
    )


@given(models(), histories)
def test_more_of_what_gives_points_never_lowers_a_score(model: Model, history: History) -> None:
    """Where no points are negative, one more activity today is no loss, at the same buying stage."""
    plus = [msgspec.structs.replace(each, points=tuple(map(abs, each.points))) for each in model.signals]
    engine = Engine(msgspec.structs.replace(model, signals=tuple(plus), buying_stages={}))
    more = {signal: [*days, TODAY] for signal, days in history.items()}
    before, after = (engine.totals(Lead(buckets(each)), TODAY) for each in (history, more))
    assert after.score >= before.score


@given(models(), histories, traits)
def test_the_bulk_path_is_equal_to_the_last_digit(model: Model, history: History, known: Known) -> None:
    """From stored bytes, from a fold and from plain buckets: one score, and the same contributions."""
    engine = Engine(model)
    learned = {name: Trait(value, (TODAY * DAY_MS).to_bytes(6, "big") + bytes(8)) for name, value in known.items()}
    fold = Fold(signals=buckets(history), traits=learned)
    data = codec.encode(fold)
    assert engine.totals(codec.read(data), TODAY) == engine.totals(fold, TODAY)
    assert Engine(model, once=True).totals(codec.read(data), TODAY) == engine.totals(fold, TODAY)
    assert engine.score(codec.read(data), TODAY) == engine.score(fold, TODAY) == engine.score(codec.decode(data), TODAY)
    assert _plain(engine.score(Lead(buckets(history), known), TODAY)) == _plain(engine.score(fold, TODAY))


@given(facts(), st.randoms(use_true_random=False))
def test_duplicates_do_not_count(history: list[Fact], random: Random) -> None:
    """A lead whose activities were delivered up to three times, in any order, has the score of each once."""
    each = SignalCriterion("c", "c", Category.BEHAVIOR, "visited", (1_001,) * 3, None, Limit(2, 1), Decay("linear", 90))
    engine, day = Engine(one_criterion(each)), day_number(START) + DAYS
    assert engine.score(deliver(history, random, early=True), day) == engine.score(ordered(history), day)


@given(models(), histories, st.integers(-20, 20))
def test_time_shifts(model: Model, history: History, blocks: int) -> None:
    """A score depends on ages and blocks, not on dates: whole blocks later it is the same."""
    shift = blocks * BLOCKS
    later = {signal: [day + shift for day in days] for signal, days in history.items()}
    engine = Engine(model)
    assert engine.totals(Lead(buckets(history)), TODAY) == engine.totals(Lead(buckets(later)), TODAY + shift)


@given(models(), histories, st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(1, 30), min_size=1)))
def test_what_is_after_as_of_does_not_count(model: Model, history: History, ahead: History) -> None:
    """Facts may be dated a day ahead: they wait for their day."""
    past = {signal: [day for day in days if day <= TODAY] for signal, days in history.items()}
    more = {signal: past.get(signal, []) + [TODAY + days for days in ahead.get(signal, [])] for signal in past | ahead}
    engine = Engine(model)
    assert _plain(engine.score(Lead(buckets(past)), TODAY)) == _plain(engine.score(Lead(buckets(more)), TODAY))


@given(st.integers(1, 60), st.integers(0, 6), st.integers(1, 100_000))
def test_points_halve_at_each_half_life(days: int, lives: int, points: int) -> None:
    """After n half-lives 1/2ⁿ of the points is left, to the millionth."""
    criterion = SignalCriterion(
        "c", "c", Category.BEHAVIOR, "a", (points, points, points), None, None, Decay("half_life", days)
    )
    score = Engine(one_criterion(criterion)).score(Lead({"a": {TODAY - days * lives: 1}}), TODAY)
    found = sum(part.points for part in score.contributions if part.criterion == "c")
    assert abs(found - points / 2**lives) <= 0.5 + points / 1_000_000


@given(st.integers(1, 4), st.sampled_from((1, 7, 30)), st.lists(st.integers(0, 89), max_size=30))
def test_a_limit_keeps_the_newest_of_each_block(count: int, span: int, ages: list[int]) -> None:
    """Blocks are aligned to the epoch: counting from another day gives the same."""
    criterion = SignalCriterion(
        "c", "c", Category.BEHAVIOR, "a", (1_000,) * 3, 90, Limit(count, span), Decay("linear", 90)
    )
    days = [TODAY - age for age in ages]
    kept = [
        day for block in {day // span for day in days} for day in sorted(d for d in days if d // span == block)[-count:]
    ]
    unlimited = SignalCriterion("c", "c", Category.BEHAVIOR, "a", (1_000,) * 3, 90, None, Decay("linear", 90))
    lead, newest = Lead(buckets({"a": days})), Lead(buckets({"a": kept}))
    limited_score = Engine(one_criterion(criterion)).score(lead, TODAY)
    assert limited_score.sums == Engine(one_criterion(unlimited)).score(newest, TODAY).sums


def _plain(score: Score) -> object:
    """A score without its evidence, which also names what lies outside of the counted."""
    return score.totals, score.sums, sorted((part.criterion, part.points, part.share) for part in score.contributions)
