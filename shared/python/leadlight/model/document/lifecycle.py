"""From score to sales and nurture, as people write it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from leadlight.lifecycle.transitions import STAGE_NAMES
from leadlight.model import structs
from leadlight.model.document.values import Days, Hours, Name, Part, Percent, StageName


class HandOffPart(Part):
    """When sales has to answer."""

    due: Hours


class LifecyclePart(Part):
    """How a lifecycle stage is entered and left."""

    enter: StageName
    from_: Annotated[list[StageName], Field(alias="from", min_length=1)]
    score: Percent | None = None
    falls_below: Percent | None = None
    falls_to: StageName = "lead"
    grade: structs.Grade = "D"
    dwell: Days | None = None
    cool_down: Days | None = None
    hand_off: HandOffPart | None = None
    on: Literal["accepted", "rejected"] | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> "LifecyclePart":
        if (self.score is None) == (self.on is None):
            raise ValueError("give either `score`, or `on: accepted` or `on: rejected`")
        if self.falls_below is not None and self.falls_below >= (self.score or 0):
            raise ValueError(f"falls_below must be under score {self.score}, found {self.falls_below}")
        return self

    def published(self) -> structs.LifecycleRule:
        """The rule as the engine reads it."""
        return structs.LifecycleRule(
            enter=self.enter,
            source=tuple(self.from_),
            score=self.score,
            falls_below=self.falls_below,
            falls_to=self.falls_to,
            grade=self.grade,
            dwell=self.dwell or 0,
            cool_down=self.cool_down or 0,
            hand_off_hours=self.hand_off.due if self.hand_off else None,
            on=self.on,
        )


class ScoreBandPart(Part):
    """A band of scores."""

    at_least: Percent = 0
    below: Annotated[int, Field(ge=1, le=101)] = 101


class SegmentPart(Part):
    """A named cut: all that are given must hold."""

    id: Name
    title: str
    stages: list[StageName] = Field(default=list(STAGE_NAMES))
    grades: list[structs.Grade] = Field(default=["A", "B", "C", "D"])
    buying_stages: list[Literal["awareness", "consideration", "decision"]] = Field(
        default=["awareness", "consideration", "decision"]
    )
    score: ScoreBandPart = ScoreBandPart()

    def published(self) -> structs.Segment:
        """The segment as nurture and the KPIs read it."""
        return structs.Segment(
            id=self.id,
            title=self.title,
            stages=tuple(self.stages),
            grades=tuple(self.grades),
            buying_stages=tuple(map(structs.BuyingStage, self.buying_stages)),
            score_at_least=self.score.at_least,
            score_below=self.score.below,
        )


class CampaignPart(Part):
    """A nurture campaign, and the segment that it is for."""

    id: Name
    title: str
    segment: Name
