"""What the engine is measured on: a model of any size, and leads with 20 traits and 15 signals."""

from random import Random

from leadlight.activity import Identity, Scalar
from leadlight.model import (
    BuyingStage,
    Category,
    Decay,
    FitCriterion,
    Limit,
    Model,
    SignalCriterion,
    StageCondition,
)
from leadlight.signals import Condition
from leadlight.state import Fold
from leadlight.state.lane import RING, Lane
from leadlight.state.traits import Trait

TODAY = 20_500
SIGNALS = 15
TRAITS = 20
COUNTRIES = ("us", "gb", "de", "fr", "nl")
TITLES = ("founder", "head of growth", "vp sales", "data analyst", "director of product", "student", "buyer")
INDUSTRIES = ("software", "fintech", "retail", "mining", "healthcare")
_POINTS = (5_000, 10_000, 15_000, 20_000, -10_000)
_CATEGORIES = (Category.ENGAGEMENT, Category.PRODUCT_USAGE, Category.BEHAVIOR)
# Window, limit, decay and cap in the combinations that a B2B model uses.
_RULES: tuple[tuple[int, Limit | None, Decay | None, int | None], ...] = (
    (60, Limit(2, 1), Decay("half_life", 30), 20_000),
    (60, None, Decay("half_life", 21), 30_000),
    (30, Limit(1, 1), Decay("linear", 30), 10_000),
    (60, Limit(1, 7), Decay("step", 30), 20_000),
    (90, None, None, 30_000),
)


def model(criteria: int = 30) -> Model:
    """Two fifths are fit criteria, on traits of their own; the others are on half as many signals as criteria."""
    fit = criteria * 2 // 5
    signals, traits = SIGNALS * criteria // 30, TRAITS * criteria // 30
    return Model(
        id="bench",
        version=1,
        title=f"{criteria} criteria",
        caps=dict.fromkeys(Category, 60000),
        weights={
            BuyingStage.AWARENESS: _weights(40, 30, 15, 15),
            BuyingStage.CONSIDERATION: _weights(35, 25, 20, 20),
            BuyingStage.DECISION: _weights(30, 15, 25, 30),
        },
        buying_stages={
            BuyingStage.DECISION: (StageCondition("signal_3", 3, 14), StageCondition("signal_7", 1, 14)),
            BuyingStage.CONSIDERATION: (StageCondition("signal_3", 1, 30), StageCondition("signal_5", 1, 30)),
        },
        grades={"A": 75, "B": 50, "C": 25},
        fit=tuple(_fit(index, traits) for index in range(fit)),
        signals=tuple(_signal(index, signals) for index in range(criteria - fit)),
        lifecycle=(),
        campaigns=(),
    )


def leads(count: int, *, seed: int = 1) -> list[Fold]:
    """Leads that differ from each other; half of their signals lie on one day, the others on two or three."""
    return [_lead(Random(f"{seed}.{number}"), number) for number in range(count)]


def _weights(*values: int) -> dict[Category, int]:
    return dict(zip(Category, values, strict=True))


def _fit(index: int, traits: int) -> FitCriterion:
    trait = index % traits
    condition = (
        Condition(any_of=COUNTRIES[:3]),
        Condition(matches=r"\b(head|director)\b"),
        Condition(at_least=50, at_most=1000),
        Condition(any_of=INDUSTRIES[:2]),
        Condition(exists=True),
    )[trait % 5]
    points = _POINTS[index % len(_POINTS)]
    return FitCriterion(f"fit_{index}", f"fit {index}", f"trait_{trait}", condition, points)


def _signal(index: int, signals: int) -> SignalCriterion:
    window, limit, decay, cap = _RULES[index % len(_RULES)]
    points = 2_000 + 1_000 * (index % 7)
    return SignalCriterion(
        id=f"criterion_{index}",
        label=f"criterion {index}",
        category=_CATEGORIES[index % signals % 3],
        signal=f"signal_{index if index < signals else index * 5 % signals}",
        points=(points, points + 1_000, points + 2_000),
        window=window,
        limit=limit,
        decay=decay,
        cap=cap,
    )


def _lead(random: Random, number: int) -> Fold:
    key = bytes(14)
    return Fold(
        signals={
            f"signal_{index}": {
                TODAY - random.randrange(75): random.choice((1, 1, 1, 2, 4))
                for _ in range(random.choice((1, 1, 1, 2, 2, 3)))
            }
            for index in range(SIGNALS)
        },
        live=Lane(RING, [key] * RING),
        traits={f"trait_{index}": Trait(_value(index, random), key) for index in range(TRAITS)},
        identities={Identity("email", f"lead{number}@company{number}.example"), Identity("user", f"u-{number}")},
    )


def _value(index: int, random: Random) -> Scalar:
    values: tuple[Scalar, ...] = (
        random.choice(COUNTRIES),
        random.choice(TITLES),
        random.randrange(1, 3000),
        random.choice(INDUSTRIES),
        f"+1 555 {random.randrange(10**6):06}",
    )
    return values[index % 5]
