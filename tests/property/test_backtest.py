"""The statistics of a backtest against their definitions, lead by lead."""

from fractions import Fraction
from itertools import pairwise, permutations
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.scoring.backtest import (
    Tally,
    at_odds,
    auc,
    bands,
    captured,
    counts,
    interval,
    lift,
    supported,
    tallies,
    thresholds,
    won_among,
)

outcomes = st.lists(st.tuples(st.integers(0, 100) | st.integers(40, 45), st.booleans()), max_size=60)
shares = st.fractions(0, 1).filter(bool)


@given(outcomes)
def test_auc_is_the_chance_of_the_right_order(found) -> None:
    """Mann and Whitney's U by its definition: every pair of a won and a lost lead, ties half. Exact."""
    won = [score for score, is_won in found if is_won]
    lost = [score for score, is_won in found if not is_won]
    points = sum(Fraction((mine > other) * 2 + (mine == other), 2) for mine in won for other in lost)
    pairs = len(won) * len(lost)
    assert auc(tallies(found)) == (points / pairs if pairs else None)


@given(outcomes)
def test_auc_turns_around_with_the_scores(found) -> None:
    """A model that is always wrong is as good as one that is always right."""
    value, turned = auc(tallies(found)), auc(tallies((100 - score, won) for score, won in found))
    assert value is turned is None or value + turned == 1


@given(outcomes, st.randoms())
def test_the_order_of_the_rows_does_not_matter(found, randomness) -> None:
    """Not even among leads of one score."""
    shuffled = list(found)
    randomness.shuffle(shuffled)
    assert tallies(shuffled) == tallies(found)


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6), st.data())
def test_the_wins_among_the_best_are_those_of_every_order_of_equals_on_average(found, data) -> None:
    """Ties handled by averaging over all orders that put no lower score before a higher one."""
    best = data.draw(st.integers(0, len(found)))
    orders = [order for order in permutations(found) if all(a[0] >= b[0] for a, b in pairwise(order))]
    mean = Fraction(sum(won for order in orders for _, won in order[:best]), len(orders))
    assert won_among(tallies(found), Fraction(best)) == mean


@given(outcomes, shares)
def test_lift_times_share_is_what_is_captured(found, share) -> None:
    """All of the leads hold all of the wins, at lift 1; without wins there is neither."""
    history = tallies(found)
    _, won = counts(history)
    if not won:
        assert captured(history, share) is lift(history, share) is None
        return
    assert lift(history, share) * share == captured(history, share)
    assert captured(history, Fraction(1)) == lift(history, Fraction(1)) == 1


@given(outcomes, shares, shares)
def test_more_leads_hold_no_fewer_wins(found, one, other) -> None:
    """The gains curve never falls."""
    history = tallies([*found, (50, True)])
    assert captured(history, min(one, other)) <= captured(history, max(one, other))


@given(outcomes, st.sampled_from([1, 5, 10, 20, 50]))
def test_bands_hold_every_lead_once(found, width) -> None:
    """Each in the band of its score."""
    rows = bands(tallies(found), width)
    assert counts(rows) == (len(found), sum(won for _, won in found))
    for row in rows:
        inside = [won for score, won in found if row.score <= score <= row.highest]
        assert (row.leads, row.won) == (len(inside), sum(inside))


@given(outcomes, st.fractions(Fraction(1, 100), Fraction(99, 100)))
def test_the_threshold_is_the_lowest_that_history_supports(found, precision) -> None:
    """Every score that occurs is tried; none that is lower would do."""
    history = tallies(found)
    worth = {row.score: row for row in thresholds(history)}
    for score, row in worth.items():
        inside = [won for each, won in found if each >= score]
        assert (row.leads, row.won) == (len(inside), sum(inside))
        assert row.low <= row.precision <= row.high
    enough = [score for score, row in worth.items() if row.low >= precision]
    threshold = supported(history, precision)
    assert (threshold.score if threshold else None) == min(enough, default=None)


@given(st.integers(1, 10_000), st.data())
def test_the_interval_ends_where_the_score_test_does(leads, data) -> None:
    """Wilson: at each end p0 of it, |p - p0| is z standard errors of p0; this is its definition."""
    won, z = data.draw(st.integers(0, leads)), NormalDist().inv_cdf(0.975)
    for end in interval(won, leads):
        assert abs(won / leads - end) == pytest.approx(z * (end * (1 - end) / leads) ** 0.5, abs=1e-7)


@given(st.fractions(0, 1), st.integers(1, 10))
def test_odds_are_multiplied(base, times) -> None:
    """And the share stays one."""
    found = at_odds(base, times)
    assert base <= found <= 1
    assert found * (1 - base) == times * base * (1 - found)


def test_few_lucky_leads_support_nothing() -> None:
    """Three wins of three are no proof of 80 %; thirty of thirty are."""
    assert supported(tallies([(90, True)] * 3 + [(10, False)] * 9), Fraction(4, 5)) is None
    assert supported(tallies([(90, True)] * 30 + [(10, False)] * 90), Fraction(4, 5)).score == 90


def test_figures_of_a_small_history() -> None:
    """By hand: of 6 pairs, 5 in the right order and one tie."""
    history = tallies([(90, True), (50, False), (50, True), (20, False), (10, False)])
    assert history == (Tally(90, 90, 1, 1), Tally(50, 50, 2, 1), Tally(20, 20, 1, 0), Tally(10, 10, 1, 0))
    assert auc(history) == Fraction(11, 12)
    assert lift(history, Fraction(1, 5)) == Fraction(5, 2)
    assert captured(history, Fraction(2, 5)) == Fraction(3, 4)
    assert [(row.score, row.highest, row.leads) for row in bands(history, 50)] == [(50, 100, 3), (0, 49, 2)]
