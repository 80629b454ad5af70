"""From score to sales and nurture, as people write it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from leadlight.lifecycle.transitions import STAGE_NAMES
from leadlight.model import structs
from leadlight.model.document.values import Days, Hours, Name, Part, Percent, StageName, Text, key


class HandOffPart(Part):
    """A lead given to sales."""

    due: Hours = key("When sales has to have answered.", example="24h")


class LifecyclePart(Part):
    """How a lifecycle stage is entered and left: by score, or by sales' answer."""

    enter: StageName = key("The stage.", example="mql")
    from_: Annotated[list[StageName], Field(alias="from", min_length=1)] = key(
        "The stages that a lead comes from.", example=["lead", "recycled"]
    )
    score: Percent | None = key("Entered at this score.", example=45, default=None)
    falls_below: Percent | None = key("Left below this score, which is lower (hysteresis).", example=30, default=None)
    falls_to: StageName = key("Where a lead falls back to.", example="lead", default="lead")
    grade: structs.Grade = key("The lowest grade that enters.", example="C", default="D")
    dwell: Days | None = key("It stays at least this long before it falls back.", example="1d", default=None)
    cool_down: Days | None = key("It comes back at the earliest after this.", example="7d", default=None)
    hand_off: HandOffPart | None = key("Entering gives the lead to sales.", example={"due": "24h"}, default=None)
    on: Literal["accepted", "rejected"] | None = key(
        "Entered by sales' answer, not by score.", example="accepted", default=None
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> "LifecyclePart":
        if (self.score is None) == (self.on is None):
            raise ValueError("give either `score`, or `on: accepted` or `on: rejected`")
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


def _above(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 101:  # noqa: PLR2004 - past 100
        raise ValueError(f"write a whole number from 1 to 101, found {value!r}")
    return value


class ScoreBandPart(Part):
    """A band of scores."""

    at_least: Percent = key("This score or more.", example=30, default=0)
    below: Annotated[int, BeforeValidator(_above)] = key("Less than this score.", example=60, default=101)


class SegmentPart(Part):
    """A named cut: all that are given must hold."""

    id: Name = key("Its name; every segment has its own.", example="nearly-ready")
    title: Text = key("What people read.", example="Nearly ready")
    stages: list[StageName] = key("Lifecycle stages.", example=["lead", "recycled"], default=list(STAGE_NAMES))
    grades: list[structs.Grade] = key("Grades.", example=["A", "B"], default=["A", "B", "C", "D"])
    buying_stages: list[Literal["awareness", "consideration", "decision"]] = key(
        "Buying stages.", example=["consideration"], default=["awareness", "consideration", "decision"]
    )
    score: ScoreBandPart = key(
        "Only scores in this band.", example={"at_least": 30, "below": 60}, default=ScoreBandPart()
    )

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


class AccountsPart(Part):
    """How a company's score follows from its leads' scores. The last model's counts for the stack."""

    score: Literal["max", "sum"] = key(
        "max: the score of its best lead. sum: of all its leads, at most 100.", example="sum", default="max"
    )
    next: Percent | None = key(
        "With `sum`: each next-best lead counts this share of the one before, in percent; 50 where not given.",
        example=25,
        default=None,
    )

    @model_validator(mode="after")
    def _only_of_a_sum(self) -> "AccountsPart":
        if self.next is not None and self.score != "sum":
            raise ValueError("`next` is for `score: sum`; with max the best lead alone counts")
        return self

    def published(self) -> structs.AccountRule:
        """The rule as the engine reads it."""
        return structs.AccountRule(score=self.score, next=50 if self.next is None else self.next)


class CampaignPart(Part):
    """A nurture campaign. A lead leaves it when it leaves its segment, or withdraws consent."""

    id: Name = key("Its name; every campaign has its own.", example="close-the-gap")
    title: Text = key("What people read.", example="Almost there")
    segment: Name = key("The segment that it is for.", example="nearly-ready")
