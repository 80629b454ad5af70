"""Criteria as people write them: what gives points, and who gets none."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from leadlight.model import structs
from leadlight.model.document.conditions import TraitConditionPart
from leadlight.model.document.values import Cap, Count, Days, Name, Part, Points, Text, key, worth
from leadlight.model.structs import Category

_TRAIT = (
    "The trait that it reads, such as company_size, industry, country, job_title, email_domain; "
    "`seniority` and `department` are read from the job title."
)


class OnTraitPart(Part):
    """A test on a trait."""

    id: Name = key("Its name in explanations' data; every one has its own.", example="in_market")
    label: Text = key("What people read as the reason.", example="in our markets")
    trait: Text = key(_TRAIT, example="country")
    when: TraitConditionPart = key("The test.", example={"country": ["DE", "US"]})


class FitPart(OnTraitPart):
    """A fit criterion: points for who a lead is. A trait that is missing is unknown, not zero."""

    points: Points = key("What it gives; below 0 takes away.", example=15)

    def published(self, free_mail: Sequence[str]) -> structs.FitCriterion:
        """The criterion as the engine reads it."""
        return structs.FitCriterion(self.id, self.label, self.trait, self.when.on_trait(free_mail), self.points)


class SuppressPart(OnTraitPart):
    """Leads that are nobody to sell to: their score is 0, and says why."""

    def published(self, free_mail: Sequence[str]) -> structs.Suppression:
        """The suppression as the engine reads it."""
        return structs.Suppression(self.id, self.label, self.trait, self.when.on_trait(free_mail))


class LimitPart(Part):
    """A frequency limit: at most so many count in each block of days; the newest are kept."""

    count: Count = key("How many count.", example=2)
    per: Days = key("The length of a block; blocks are aligned to 1970-01-01, so they do not slide.", example="1d")


class DecayPart(Part):
    """How points fade with age in whole days: exactly one kind."""

    half_life: Days | None = key("Halved each time this has passed.", example="14d", default=None)
    linear: Days | None = key("Evenly down to nothing at this age.", example="30d", default=None)
    step: Days | None = key("Whole before this age, nothing from then on.", example="60d", default=None)

    @model_validator(mode="after")
    def _one(self) -> "DecayPart":
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("give exactly one of half_life, linear, step")
        return self

    def published(self) -> structs.Decay:
        """The decay as the engine reads it."""
        if self.half_life:
            return structs.Decay(kind="half_life", days=self.half_life)
        if self.linear:
            return structs.Decay(kind="linear", days=self.linear)
        return structs.Decay(kind="step", days=self.step or 1)


class StagePointsPart(Part):
    """Points by the buying stage that the lead is in."""

    awareness: Points = key("Points in awareness.", example=8)
    consideration: Points = key("Points in consideration.", example=10)
    decision: Points = key("Points in decision.", example=12)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """A single number stands for all three."""
        return {"anyOf": [{"type": "number"}, handler(schema)]}


def _by_stage(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    try:
        worth(value)
    except ValueError as error:
        raise ValueError(f"{error}; points may differ by buying stage: {{awareness: 8, ...}}") from error
    return dict.fromkeys(structs.STAGES, value)


StagePoints = Annotated[StagePointsPart, BeforeValidator(_by_stage)]


class SignalCriterionPart(Part):
    """A signal criterion: points for what a lead does. Order: window, limit, decay by age, sum, cap."""

    id: Name = key("Its name in explanations' data; every one has its own.", example="pricing_page")
    label: Text = key("What people read as the reason.", example="pricing page")
    category: Literal["engagement", "product_usage", "behavior"] = key("Where its points add up.", example="engagement")
    signal: Name = key("The signal of the catalogue that it counts.", example="pricing_page_viewed")
    points: StagePoints = key(
        "Points per occurrence, for every buying stage or for each; below 0 takes away.",
        example={"awareness": 8, "consideration": 10, "decision": 12},
    )
    window: Days | None = key(
        "Older occurrences do not count. The longest, 365d, where not given.", example="60d", default=None
    )
    limit: LimitPart | None = key("How many count at most.", example={"count": 2, "per": "1d"}, default=None)
    decay: DecayPart | None = key("How points fade.", example={"half_life": "14d"}, default=None)
    cap: Cap | None = key("The most points that it gives, or takes.", example=30, default=None)

    def published(self) -> structs.SignalCriterion:
        """The criterion as the engine reads it."""
        points = self.points
        return structs.SignalCriterion(
            id=self.id,
            label=self.label,
            category=Category(self.category),
            signal=self.signal,
            points=(points.awareness, points.consideration, points.decision),
            window=self.window,
            limit=structs.Limit(self.limit.count, self.limit.per) if self.limit else None,
            decay=self.decay.published() if self.decay else None,
            cap=self.cap,
        )
