"""Models and leads of every shape."""

from collections.abc import Mapping
from typing import NamedTuple

from hypothesis import strategies as st

from leadlight.activity import Scalar
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
from leadlight.scoring.buckets import Buckets, pack
from leadlight.signals import Condition

SIGNALS = ("a", "b", "c")
TODAY = 20_500
BLOCKS = 1 * 2 * 3 * 5 * 7  # every limit's blocks fit into a shift by this many days


class Lead(NamedTuple):
    """What the engine reads of a fold."""

    signals: Mapping[str, Mapping[int, int]]
    traits: Mapping[str, Scalar] = {}

    @property
    def buckets(self) -> Mapping[str, Buckets]:
        return {signal: pack(days) for signal, days in self.signals.items()}

    def known_traits(self, as_of: int | None = None) -> Mapping[str, Scalar]:
        return self.traits


decays = st.one_of(
    st.none(),
    st.builds(Decay, kind=st.sampled_from(("half_life", "linear", "step")), days=st.integers(1, 40)),
)
limits = st.one_of(st.none(), st.builds(Limit, count=st.integers(1, 5), days=st.sampled_from((1, 2, 3, 7, 30))))
_points = st.integers(-60_000, 60_000)
_caps = st.integers(1, 100) | st.integers(1_000, 200_000)


@st.composite
def criteria(draw: st.DrawFn, number: int) -> SignalCriterion:
    each = draw(_points)
    same = draw(st.booleans())
    return SignalCriterion(
        id=f"c{number}",
        label=f"criterion {number}",
        category=draw(st.sampled_from((Category.ENGAGEMENT, Category.PRODUCT_USAGE, Category.BEHAVIOR))),
        signal=draw(st.sampled_from(SIGNALS)),
        points=(each, each, each) if same else (each, draw(_points), draw(_points)),
        window=draw(st.none() | st.integers(1, 90)),
        limit=draw(limits),
        decay=draw(decays),
        cap=draw(st.none() | st.integers(1, 80_000)),
    )


@st.composite
def models(draw: st.DrawFn) -> Model:
    weights = st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any)
    conditions = st.lists(
        st.builds(StageCondition, st.sampled_from(SIGNALS), st.integers(1, 4), st.integers(1, 60)), max_size=2
    ).map(tuple)
    fit = [
        FitCriterion(f"f{number}", f"fit {number}", "size", Condition(at_least=at_least), draw(_points))
        for number, at_least in enumerate(draw(st.lists(st.integers(0, 100), max_size=3)))
    ]
    return Model(
        id="m",
        version=1,
        title="model",
        caps={category: draw(_caps) for category in Category},
        weights={stage: dict(zip(Category, draw(weights), strict=True)) for stage in STAGES},
        buying_stages={stage: draw(conditions) for stage in STAGES[1:]},
        grades={"A": 75, "B": 50, "C": 25},
        fit=tuple(fit),
        signals=tuple(draw(criteria(number)) for number in range(draw(st.integers(0, 6)))),
        lifecycle=(),
        campaigns=(),
    )


histories = st.dictionaries(
    st.sampled_from(SIGNALS), st.lists(st.integers(TODAY - 120, TODAY + 3), min_size=1, max_size=15)
)
traits = st.fixed_dictionaries({}, optional={"size": st.integers(0, 120)})


def buckets(history: Mapping[str, list[int]]) -> dict[str, dict[int, int]]:
    """The history as a fold holds it."""
    return {signal: {day: days.count(day) for day in days} for signal, days in history.items()}


def fit_points(model: Model, known: Mapping[str, Scalar]) -> int:
    size = known.get("size")
    if not isinstance(size, int):
        return 0
    return sum(each.points for each in model.fit if size >= (each.condition.at_least or 0))


def one_criterion(criterion: SignalCriterion, stage: BuyingStage = BuyingStage.AWARENESS) -> Model:
    """A model of a single criterion; an activity `is_<stage>` puts the lead in a stage."""
    return Model(
        id="m",
        version=1,
        title="model",
        caps=dict.fromkeys(Category, 10**9),
        weights=dict.fromkeys(STAGES, dict.fromkeys(Category, 1)),
        buying_stages={stage: (StageCondition(f"is_{stage}", 1, 1),)} if stage is not STAGES[0] else {},
        grades={"A": 75, "B": 50, "C": 25},
        fit=(),
        signals=(criterion,),
        lifecycle=(),
        campaigns=(),
    )
