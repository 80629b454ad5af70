"""An account's score is a pure function of its leads' scores, and its parts add up to it."""

from random import Random

import pytest

from leadlight.model import AccountRule
from leadlight.scoring.account import account_score, total_of

LEADS = {"ld_a": 40, "ld_b": 61, "ld_c": 0}


def test_max_is_the_best_leads_score():
    """The others are listed, and give nothing."""
    found = account_score(AccountRule(), LEADS)
    assert (found.score, list(found.shares.items())) == (61, [("ld_b", 61_000), ("ld_a", 0), ("ld_c", 0)])


def test_sum_counts_each_next_best_lead_less():
    """Half of the one before: 61 + 40 / 2 = 81."""
    found = account_score(AccountRule(score="sum", next=50), LEADS)
    assert (found.score, found.shares) == (81, {"ld_b": 61_000, "ld_a": 20_000, "ld_c": 0})


def test_a_sum_ends_at_100():
    """What is over it is taken as a part of its own."""
    found = account_score(AccountRule(score="sum", next=100), {f"ld_{n}": 30 for n in range(5)})
    assert (found.score, found.clamped, found.rounded) == (100, -50_000, 0)


def test_an_account_without_leads_scores_0():
    """Whatever the rule."""
    for rule in (AccountRule(), AccountRule(score="sum")):
        assert account_score(rule, {}) == (0, {}, 0, 0)


def test_halves_are_rounded_to_even():
    """40.5 is 40, and the half is told."""
    found = account_score(AccountRule(score="sum", next=50), {"ld_a": 40, "ld_b": 1})
    assert (found.score, found.rounded) == (40, -500)


@pytest.mark.parametrize("seed", range(40))
def test_the_parts_add_up_in_any_order(seed: int):
    """To the thousandth; the order of the leads and their number do not matter."""
    random = Random(seed)
    rule = AccountRule(score=random.choice(("max", "sum")), next=random.randint(0, 100))
    leads = [(f"ld_{n}", random.choice((0, random.randint(0, 100)))) for n in range(random.choice((1, 3, 40, 1000)))]
    found = account_score(rule, dict(leads))
    assert sum(found.shares.values()) + found.clamped + found.rounded == found.score * 1000
    assert 0 <= found.score <= 100
    random.shuffle(leads)
    assert account_score(rule, dict(leads)) == found
    assert total_of(rule, (score for _, score in leads)) == found.score
    assert found.score >= max(score for _, score in leads) or rule.score == "sum"
