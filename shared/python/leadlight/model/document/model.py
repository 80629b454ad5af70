"""A scoring model as people write it."""

from typing import Annotated

from pydantic import Field, model_validator

from leadlight.model import structs
from leadlight.model.document.criteria import FitPart, SignalCriterionPart
from leadlight.model.document.lifecycle import CampaignPart, LifecyclePart, SegmentPart
from leadlight.model.document.values import Cap, Days, Name, Part, Percent
from leadlight.model.structs import BuyingStage, Category


class CategoryPart(Part):
    """One category's cap."""

    cap: Cap


class CategoriesPart(Part):
    """The four categories."""

    fit: CategoryPart
    engagement: CategoryPart
    product_usage: CategoryPart
    behavior: CategoryPart


class WeightsPart(Part):
    """The weight of each category."""

    fit: Annotated[int, Field(ge=0)]
    engagement: Annotated[int, Field(ge=0)]
    product_usage: Annotated[int, Field(ge=0)]
    behavior: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _some(self) -> "WeightsPart":
        if not any(self.model_dump().values()):
            raise ValueError("give at least one category a weight")
        return self


class StageWeightsPart(Part):
    """Weights by buying stage."""

    awareness: WeightsPart
    consideration: WeightsPart
    decision: WeightsPart


class StageConditionPart(Part):
    """A condition of a buying stage."""

    signal: Name
    at_least: Annotated[int, Field(ge=1)]
    within: Days


class BuyingStagesPart(Part):
    """What shows that a lead has come further."""

    decision: list[StageConditionPart] = Field(default_factory=list)
    consideration: list[StageConditionPart] = Field(default_factory=list)


class GradesPart(Part):
    """The least fit score of each grade, in percent of its cap."""

    A: Percent
    B: Percent
    C: Percent

    @model_validator(mode="after")
    def _falling(self) -> "GradesPart":
        if not self.A > self.B > self.C:
            raise ValueError(f"grades must fall from A to C, found {self.A}, {self.B}, {self.C}")
        return self


class ModelPart(Part):
    """A scoring model."""

    model: Name
    version: Annotated[int, Field(ge=1)]
    title: str
    categories: CategoriesPart
    weights: StageWeightsPart
    buying_stages: BuyingStagesPart
    grades: GradesPart
    fit: list[FitPart]
    signals: list[SignalCriterionPart]
    lifecycle: list[LifecyclePart]
    segments: list[SegmentPart] = Field(default_factory=list)
    campaigns: list[CampaignPart] = Field(default_factory=list)
    announce_change: Annotated[int, Field(ge=1, le=100)] = 10

    def published(self) -> structs.Model:
        """The model as the engine reads it."""
        segments = {part.id: part.published() for part in self.segments}
        return structs.Model(
            id=self.model,
            version=self.version,
            title=self.title,
            caps={Category(name): part.cap for name, part in self.categories},
            weights={
                BuyingStage(stage): {Category(name): weight for name, weight in part} for stage, part in self.weights
            },
            buying_stages={
                BuyingStage(stage): tuple(
                    structs.StageCondition(rule.signal, rule.at_least, rule.within) for rule in rules
                )
                for stage, rules in self.buying_stages
            },
            grades={"A": self.grades.A, "B": self.grades.B, "C": self.grades.C},
            fit=tuple(part.published() for part in self.fit),
            signals=tuple(part.published() for part in self.signals),
            lifecycle=tuple(part.published() for part in self.lifecycle),
            segments=tuple(segments.values()),
            campaigns=tuple(structs.Campaign(part.id, part.title, segments[part.segment]) for part in self.campaigns),
            announce_change=self.announce_change,
        )

    @model_validator(mode="after")
    def _known_segments(self) -> "ModelPart":
        known = [part.id for part in self.segments]
        for part in self.campaigns:
            if part.segment not in known:
                raise ValueError(
                    f"campaign {part.id} is for segment {part.segment}; the segments are {', '.join(known)}"
                )
        return self
