"""A scoring model as people write it."""

from typing import Annotated

from pydantic import Field, model_validator

from leadlight.model import structs
from leadlight.model.document.conditions import TraitConditionPart
from leadlight.model.document.criteria import FitPart, SignalCriterionPart, SuppressPart
from leadlight.model.document.lifecycle import AccountsPart, CampaignPart, LifecyclePart, SegmentPart
from leadlight.model.document.values import Cap, Count, Days, Name, Part, Percent, Text, key
from leadlight.model.document.weights import StageWeightsPart
from leadlight.model.structs import BuyingStage, Category


class CategoryPart(Part):
    """A category's cap."""

    cap: Cap = key("The most points that it gives; the score counts points as a share of it.", example=60)


class CategoriesPart(Part):
    """The four categories."""

    fit: CategoryPart = key("Who they are.", example={"cap": 100})
    engagement: CategoryPart = key("What they read and attend.", example={"cap": 60})
    product_usage: CategoryPart = key("What they do in the product.", example={"cap": 60})
    behavior: CategoryPart = key("How they answer us.", example={"cap": 60})


class StageConditionPart(Part):
    """So many of a signal within the last days."""

    signal: Name = key("The signal of the catalogue.", example="demo_requested")
    at_least: Count = key("How many.", example=1)
    within: Days = key("How lately.", example="30d")


class BuyingStagesPart(Part):
    """The first stage, from decision down, with a condition that holds; awareness otherwise."""

    decision: list[StageConditionPart] = key(
        "Any of these puts a lead in decision.",
        example=[{"signal": "demo_requested", "at_least": 1, "within": "30d"}],
        default_factory=list,
    )
    consideration: list[StageConditionPart] = key(
        "Any of these puts a lead in consideration.",
        example=[{"signal": "pricing_page_viewed", "at_least": 1, "within": "30d"}],
        default_factory=list,
    )


class GradesPart(Part):
    """The least fit points of each grade, in percent of the fit cap; D is below C."""

    A: Percent = key("From here on it is an A.", example=75)
    B: Percent = key("From here on it is a B.", example=50)
    C: Percent = key("From here on it is a C.", example=25)

    @model_validator(mode="after")
    def _falling(self) -> "GradesPart":
        if not self.A > self.B > self.C:
            raise ValueError(f"grades must fall from A to C, found {self.A}, {self.B}, {self.C}")
        return self


class ModelPart(Part):
    """A scoring model: what gives points, what they weigh, and what follows from a score."""

    model: Name = key("The model's name.", example="b2b-saas")
    version: Count = key("Raise it with every change.", example=2)
    title: Text = key("What people read.", example="B2B SaaS, sales-assisted")
    audience: dict[Text, TraitConditionPart] = key(
        "The leads that it is for, by trait: all must hold. A lead's model is the first whose audience it meets; "
        "the last model has none, and is for everybody else.",
        example={"company_size": {"at_least": 1000}, "country": {"country": ["US"]}},
        default_factory=dict,
    )
    free_mail_domains: list[Text] = key(
        "Domains of your own that `free_mail` counts and that name no account, beside those that ship with Leadlight.",
        example=["my-isp.example"],
        default_factory=list,
    )
    suppress: list[SuppressPart] = key(
        "Leads that are nobody to sell to: competitors, employees, students.",
        example=[{"id": "student", "label": "student", "trait": "seniority", "when": {"any_of": ["student"]}}],
        default_factory=list,
    )
    categories: CategoriesPart = key(
        "The caps of the four categories.",
        example={"fit": {"cap": 100}, "engagement": {"cap": 60}, "product_usage": {"cap": 60}, "behavior": {"cap": 60}},
    )
    weights: StageWeightsPart = key(
        "What each category weighs in each buying stage.",
        example={
            "awareness": {"fit": 40, "engagement": 30, "product_usage": 15, "behavior": 15},
            "consideration": {"fit": 35, "engagement": 25, "product_usage": 20, "behavior": 20},
            "decision": {"fit": 30, "engagement": 15, "product_usage": 25, "behavior": 30},
        },
    )
    buying_stages: BuyingStagesPart = key(
        "What shows that a lead has come further in its own buying.",
        example={"decision": [{"signal": "demo_requested", "at_least": 1, "within": "30d"}]},
    )
    grades: GradesPart = key("The grade, from the fit points alone.", example={"A": 75, "B": 50, "C": 25})
    fit: list[FitPart] = key(
        "Fit criteria: who they are.",
        example=[{"id": "large", "label": "large", "trait": "company_size", "when": {"at_least": 1000}, "points": 40}],
    )
    signals: list[SignalCriterionPart] = key(
        "Signal criteria: what they do.",
        example=[{"id": "demo", "label": "demo", "category": "behavior", "signal": "demo_requested", "points": 40}],
    )
    unscored: list[Name] = key(
        "Signals of the catalogue that this model leaves out on purpose, so that `validate` does not warn of them.",
        example=["careers_page_viewed"],
        default_factory=list,
    )
    lifecycle: list[LifecyclePart] = key(
        "From score to sales, in this order.",
        example=[{"enter": "mql", "from": ["lead"], "score": 45, "falls_below": 30}],
    )
    segments: list[SegmentPart] = key(
        "Named cuts of the leads.",
        example=[{"id": "nearly-ready", "title": "Nearly ready", "score": {"at_least": 30}}],
        default_factory=list,
    )
    campaigns: list[CampaignPart] = key(
        "Nurture for leads of a segment.",
        example=[{"id": "close-the-gap", "title": "Almost there", "segment": "nearly-ready"}],
        default_factory=list,
    )
    accounts: AccountsPart = key(
        "How companies are scored.", example={"score": "sum", "next": 50}, default=AccountsPart()
    )
    announce_change: Annotated[int, Field(ge=1, le=100)] = key(
        "A new score is announced when it moved this far from the last one announced, or the grade changed.",
        example=5,
        default=10,
    )
    engaged_within: Days = key(
        "How lately a lead did something that gives points, to count as engaged; past that it is disengaged.",
        example="45d",
        default=30,
    )

    def published(self) -> structs.Model:
        """The model as the engine reads it."""
        segments = {part.id: part.published() for part in self.segments}
        extra = self.free_mail_domains
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
            fit=tuple(part.published(extra) for part in self.fit),
            signals=tuple(part.published() for part in self.signals),
            lifecycle=tuple(part.published() for part in self.lifecycle),
            segments=tuple(segments.values()),
            campaigns=tuple(structs.Campaign(part.id, part.title, segments[part.segment]) for part in self.campaigns),
            audience={trait: condition.on_trait(extra) for trait, condition in self.audience.items()},
            suppress=tuple(part.published(extra) for part in self.suppress),
            accounts=self.accounts.published(),
            announce_change=self.announce_change,
            engaged_within=self.engaged_within,
        )
