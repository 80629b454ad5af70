"""Criteria as people write them: what gives points."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from leadlight.model import structs
from leadlight.model.document.catalogue import ConditionPart
from leadlight.model.document.values import Cap, Days, Name, Part, Points
from leadlight.model.structs import Category


class FitPart(Part):
    """A fit criterion."""

    id: Name
    label: str
    trait: str
    when: ConditionPart
    points: Points

    def published(self) -> structs.FitCriterion:
        """The criterion as the engine reads it."""
        return structs.FitCriterion(self.id, self.label, self.trait, self.when.published(), self.points)


class LimitPart(Part):
    """A frequency limit."""

    count: Annotated[int, Field(ge=1)]
    per: Days


class DecayPart(Part):
    """One kind of decay."""

    half_life: Days | None = None
    linear: Days | None = None
    step: Days | None = None

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
    """Points by buying stage."""

    awareness: Points
    consideration: Points
    decision: Points


class SignalCriterionPart(Part):
    """A criterion on a signal."""

    id: Name
    label: str
    category: Literal["engagement", "product_usage", "behavior"]
    signal: Name
    points: Points | StagePointsPart
    window: Days | None = None
    limit: LimitPart | None = None
    decay: DecayPart | None = None
    cap: Cap | None = None

    def published(self) -> structs.SignalCriterion:
        """The criterion as the engine reads it."""
        points = self.points
        return structs.SignalCriterion(
            id=self.id,
            label=self.label,
            category=Category(self.category),
            signal=self.signal,
            points=(points, points, points)
            if isinstance(points, int)
            else (points.awareness, points.consideration, points.decision),
            window=self.window,
            limit=structs.Limit(self.limit.count, self.limit.per) if self.limit else None,
            decay=self.decay.published() if self.decay else None,
            cap=self.cap,
        )
