"""Models and leads that are small enough to try everything on."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from leadlight.activity import Fact, Kind, Scalar
from leadlight.activity.order_key import DAY_MS, moment_of
from leadlight.model import (
    STAGES,
    BuyingStage,
    Category,
    Decay,
    FitCriterion,
    Limit,
    Model,
    SignalCriterion,
    StageCondition,
)
from leadlight.model.structs import LifecycleRule
from leadlight.signals import Condition
from leadlight.state import Fold

TODAY = 20_500
SIGNALS = ("a", "b", "c")
COUNTRIES = ("US", "DE", "FR")
SIZES = range(0, 121, 10)


def signal(name: str = "a", points: int | tuple[int, int, int] = 10_000, **changes: Any) -> SignalCriterion:
    """A criterion on a signal."""
    values: dict[str, Any] = {
        "id": f"on_{name}",
        "label": f"criterion on {name}",
        "category": Category.BEHAVIOR,
        "signal": name,
        "points": (points,) * 3 if isinstance(points, int) else points,
        **changes,
    }
    return SignalCriterion(**values)


def fit(trait: str = "size", points: int = 20_000, *, name: str = "", **condition: Any) -> FitCriterion:
    """A criterion on a trait."""
    return FitCriterion(name or f"fit_{trait}", f"fit on {trait}", trait, Condition(**condition), points)


def model(**changes: Any) -> Model:
    """A model that weighs all categories the same, with caps of 100 points: a point of one is a quarter."""
    values: dict[str, Any] = {
        "id": "small",
        "version": 1,
        "title": "small",
        "caps": dict.fromkeys(Category, 100_000),
        "weights": {stage: dict.fromkeys(Category, 1) for stage in STAGES},
        "buying_stages": {},
        "grades": {"A": 75, "B": 50, "C": 25},
        "fit": (),
        "signals": (),
        "lifecycle": (LifecycleRule("mql", ("lead",), score=20, falls_below=10),),
        "campaigns": (),
        **changes,
    }
    return Model(**values)


def fold(signals: Mapping[str, Mapping[int, int]] | None = None, *, day: int = TODAY, **traits: Scalar) -> Fold:
    """A lead's fold; the traits were said at noon of a day."""
    made = Fold(signals={name: dict(days) for name, days in (signals or {}).items()})
    if traits:
        made.register(said(traits, day=day))
    return made


def said(traits: Mapping[str, Scalar], *, day: int, name: str = "said") -> Fact:
    """A fact that says traits."""
    return Fact(
        lead_id="ld_one",
        kind=Kind.TRAITS,
        type="lead_identified",
        source="test",
        source_id=name,
        occurred_at=moment_of(day * DAY_MS + DAY_MS // 2),
        identities=(),
        values=traits,
    )


_points = st.integers(-20, 60).map(lambda points: points * 1_000)
_decays = st.none() | st.builds(
    Decay, kind=st.sampled_from(("half_life", "linear", "step")), days=st.sampled_from((3, 7, 20))
)
_limits = st.none() | st.builds(Limit, count=st.integers(1, 2), days=st.sampled_from((1, 7)))


@st.composite
def _criteria(draw: st.DrawFn, number: int) -> SignalCriterion:
    each = draw(_points)
    return signal(
        draw(st.sampled_from(SIGNALS)),
        id=f"c{number}",
        label=f"criterion {number}",
        category=draw(st.sampled_from(tuple(Category)[1:])),
        points=(each, draw(_points), draw(_points)),
        window=draw(st.none() | st.integers(1, 40)),
        limit=draw(_limits),
        decay=draw(_decays),
        cap=draw(st.none() | st.integers(5_000, 60_000)),
    )


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Up to four criteria on three signals, bands of a size, some countries, rules of buying stages."""
    conditions = st.lists(
        st.builds(StageCondition, st.sampled_from(SIGNALS), st.integers(1, 3), st.integers(1, 20)), max_size=1
    ).map(tuple)
    bands = draw(st.lists(st.sampled_from(SIZES), max_size=2))
    weights = st.lists(st.integers(0, 4), min_size=4, max_size=4).filter(any)
    return model(
        caps={category: draw(st.integers(20_000, 100_000)) for category in Category},
        weights={stage: dict(zip(Category, draw(weights), strict=True)) for stage in STAGES},
        buying_stages={stage: draw(conditions) for stage in (BuyingStage.CONSIDERATION, BuyingStage.DECISION)},
        fit=(
            *(
                fit("size", draw(_points), name=f"s{number}", at_least=least, at_most=least + draw(st.integers(0, 60)))
                for number, least in enumerate(bands)
            ),
            fit("country", draw(_points), name="k", any_of=draw(st.sampled_from((("US",), ("DE", "FR"))))),
        ),
        signals=tuple(draw(_criteria(number)) for number in range(draw(st.integers(0, 4)))),
    )


histories = st.dictionaries(
    st.sampled_from(SIGNALS),
    st.dictionaries(st.integers(TODAY - 50, TODAY), st.integers(1, 3), min_size=1, max_size=4),
)
traits = st.fixed_dictionaries({}, optional={"size": st.sampled_from(SIZES), "country": st.sampled_from(COUNTRIES)})
