"""Several models, suppression, and traits over time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.activity import Fact, Kind, Scalar
from leadlight.activity.order_key import day_number
from leadlight.lifecycle.decide import decide
from leadlight.model import Category, FitCriterion, Model
from leadlight.model.structs import BuyingStage, Campaign, LifecycleRule, Segment, Suppression
from leadlight.nurture import NurtureState, enroll
from leadlight.scoring import Engine, Portfolio, Totals
from leadlight.signals import Condition
from leadlight.state import Change, Fold, LeadState, apply, codec, prune
from tests.property.models import TODAY, Lead, buckets, histories, models, traits

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = day_number(START)
DAYS = 60
RETENTION, DEPTH = 400, 33
STUDENTS = Suppression("students", "student", "size", Condition(at_least=50))
values = st.sampled_from((None, 0, 1, 1.0, True, False, "1", "us", "US", 50, 50.0))


@given(models(), histories, traits)
def test_a_suppressed_lead_scores_nothing_and_says_why(
    model: Model, history: dict[str, list[int]], known: dict[str, Scalar]
) -> None:
    """Its parts still add up: the last one takes back what the others came to. The grade stays that of the fit."""
    lead = Lead(buckets(history), known)
    engine = Engine(msgspec.structs.replace(model, suppress=(STUDENTS,)))
    score, free = engine.score(lead, TODAY), Engine(model).score(lead, TODAY)
    met = STUDENTS.condition.holds(known.get("size"))
    assert score.totals == engine.totals(lead, TODAY)
    assert score.totals == (free.totals._replace(score=0, suppressed=True) if met else free.totals)
    assert sum(part.share for part in score.contributions) == score.totals.score * 1000
    assert score.contributions[: len(free.contributions)] == free.contributions
    for part in score.contributions[len(free.contributions) :]:
        assert (part.criterion, part.label, part.evidence) == ("suppressed", "student", known["size"])


def test_the_first_audience_that_is_met_has_the_lead() -> None:
    """Fifty models by country and size; the last one is for everybody."""
    base = Model("", 1, "", dict.fromkeys(Category, 1), {}, {}, {}, (), (), (), ())
    weights = {stage: dict.fromkeys(Category, 1) for stage in ("awareness", "consideration", "decision")}
    audiences: list[dict[str, Condition]] = [
        {"country": Condition(any_of=(f"c{number % 10}",)), "size": Condition(at_least=100 - number)}
        for number in range(50)
    ]
    several = [
        msgspec.structs.replace(base, id=f"m{number}", weights=weights, audience=audience)
        for number, audience in enumerate([*audiences, {}])
    ]
    portfolio = Portfolio(several)
    random = Random(1)
    for _ in range(2000):
        known = {"country": f"c{random.randrange(12)}", "size": random.randrange(120), "name": "x"}
        met = [
            model.id for model in several if all(each.holds(known.get(trait)) for trait, each in model.audience.items())
        ]
        assert portfolio.primary(known).model.id == met[0]
    assert portfolio.primary({}).model.id == "m50"
    assert set(portfolio.others(Lead({}), TODAY)) == {f"m{number}" for number in range(50)}


@given(st.lists(values, max_size=12))
def test_one_and_true_are_different_values(given_values: list[Scalar | None]) -> None:
    """What is remembered of a value is never told of another that a dictionary takes for the same."""
    asked = [Condition(any_of=(1,)), Condition(at_least=1, at_most=60), Condition(exists=True), Condition(exists=False)]
    for condition in asked:
        empty: Model = Model("m", 1, "", dict.fromkeys(Category, 10**9), {}, {}, {}, (), (), (), ())
        weights = {stage: dict.fromkeys(Category, 1) for stage in ("awareness", "consideration", "decision")}
        fit = (FitCriterion("f", "f", "size", condition, 1_000),)
        engine = Engine(msgspec.structs.replace(empty, weights=weights, fit=fit))
        for value in given_values:
            known = {} if value is None else {"size": value}
            found = engine.score(Lead({}, known), TODAY).sums[0]
            assert found == 1_000 * condition.holds(value), (condition, value)


def test_a_suppressed_lead_is_neither_qualified_nor_nurtured() -> None:
    """Whatever the threshold, it enters no stage by score; it leaves its campaign, and the cause is named."""
    rule = LifecycleRule("mql", ("lead",), score=0)
    empty = Model("m", 1, "", dict.fromkeys(Category, 1), {}, {}, {}, (), (), (rule,), ())
    campaign = Campaign("all", "everybody", Segment("all", "all", stages=("lead", "mql")))
    outcomes, nurture = [], NurtureState("ld_one")
    for suppressed, seq in ((False, 1), (True, 2)):
        totals = Totals(0, "A", BuyingStage.AWARENESS, suppressed)
        conclusion = decide(LeadState("ld_one", totals=totals, as_of=DAY), model=empty, now=START)
        outcomes.append(conclusion.standing.stage)
        news = msgspec.structs.replace(conclusion.decisions[-1], seq=seq)
        assert news.suppressed is suppressed
        nurture = enroll(nurture, news, (campaign,), now=START)
    assert outcomes == ["mql", "lead"]
    assert nurture.enrollments["all"].cause == "suppressed"
    assert enroll(NurtureState("ld_one"), news, (campaign,), now=START).enrollments == {}


def test_a_lead_leaves_the_campaigns_of_a_model_that_no_longer_decides() -> None:
    """Campaigns are those of the model that decided."""
    empty = Model("m", 1, "", dict.fromkeys(Category, 1), {}, {}, {}, (), (), (), ())
    campaign = Campaign("all", "everybody", Segment("all", "all", stages=("lead",)))
    totals = Totals(5, "A", BuyingStage.AWARENESS)
    news = decide(LeadState("ld_one", totals=totals, as_of=DAY), model=empty, now=START).decisions[-1]
    enrolled = enroll(NurtureState("ld_one"), news, (campaign,), now=START)
    assert not enrolled.enrollments["all"].exited_at
    left = enroll(enrolled, msgspec.structs.replace(news, seq=9, model="other"), (), now=START)
    assert left.enrollments["all"].exited_at


changes = st.lists(
    st.tuples(st.integers(0, DAYS * 24 * 60), st.sampled_from(("title", "size")), st.integers(0, 3)), max_size=25
)


@given(changes, st.randoms(use_true_random=False), st.lists(st.integers(0, DAYS), max_size=5))
def test_traits_of_a_past_day_are_those_of_that_day(
    said: list[tuple[int, str, int]], random: Random, moments: list[int]
) -> None:
    """Within the history depth, whatever the order of delivery and of pruning; also from stored bytes."""
    facts = [_fact(number, *one) for number, one in enumerate(said)]
    sent = [*facts, *random.sample(facts, len(facts) // 2)]
    random.shuffle(sent)
    fold, days = Fold(), sorted(moments)
    for fact in sent:
        if days and random.random() < 0.3:
            prune(fold, DAY + days.pop(0) - RETENTION)
        _bring(fold, fact)
    last = DAY + DAYS
    prune(fold, last - RETENTION)
    ordered = Fold()
    for fact in sorted(facts, key=lambda each: each.order_key):
        _bring(ordered, fact)
    prune(ordered, last - RETENTION)
    data = codec.encode(fold)
    assert data == codec.encode(ordered)
    assert codec.decode(data) == fold
    for day in range(last - DEPTH, last + 2):
        known = _known_on(facts, day)
        assert fold.known_traits(day) == known
        assert codec.read(data).known_traits(day) == known
    assert fold.known_traits() == _known_on(facts, last + 1)


def test_what_follows_from_other_traits_is_known_too() -> None:
    """The address gives its domain, the job title seniority and department; what was said itself stays."""
    fold = Fold()
    _bring(fold, _fact(1, 0, "job_title", "VP Sales"))  # type: ignore[arg-type]
    known = fold.known_traits(DAY)
    assert (known["seniority"], known["department"]) == ("vp", "sales")
    assert "seniority" not in fold.known_traits(DAY - 1)
    _bring(fold, _fact(2, 1, "department", "finance"))  # type: ignore[arg-type]
    assert fold.known_traits()["department"] == "finance"
    assert codec.read(codec.encode(fold)).known_traits(DAY) == fold.known_traits(DAY)


@pytest.mark.parametrize("days", [1, 30])
def test_a_lead_that_says_the_same_each_day_stays_small(days: int) -> None:
    """Six traits said again on each of thirty days are kept in the last few hundred bytes."""
    fold = Fold()
    for day in range(days):
        for number, name in enumerate(("job_title", "company", "country", "industry", "size", "plan")):
            _bring(fold, _fact(day * 10, day * 24 * 60 + number, name, "the same"))  # type: ignore[arg-type]
    prune(fold, DAY + days - RETENTION)
    assert len(codec.encode(fold)) <= 1024 * (1 + days // 10)


def _fact(number: int, minute: int, name: str, value: int) -> Fact:
    return Fact(
        lead_id="ld_one",
        kind=Kind.TRAITS,
        type="lead_identified",
        source="tool",
        source_id=f"f{number}",
        occurred_at=START + timedelta(minutes=minute),
        identities=(),
        values={name: value},
    )


def _bring(fold: Fold, fact: Fact) -> None:
    apply(fold, [Change(fact)], signals_of=lambda kind, _: (kind,), facts_on=lambda _: ())


def _known_on(facts: list[Fact], day: int) -> Mapping[str, Scalar]:
    """The obvious way: the facts up to the day, in their order, the later over the earlier."""
    known: dict[str, Scalar] = {}
    for fact in sorted(facts, key=lambda each: each.order_key):
        if day_number(fact.occurred_at) <= day:
            known.update(fact.values)
    return known
