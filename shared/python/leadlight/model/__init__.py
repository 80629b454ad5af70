"""The scoring model: what gives points, what they weigh, and what follows from a score."""

from leadlight.model.structs import (
    STAGES,
    BuyingStage,
    Campaign,
    Category,
    Decay,
    Documents,
    FitCriterion,
    Grade,
    LifecycleRule,
    Limit,
    Model,
    SignalCriterion,
    StageCondition,
    decode,
    encode,
)

__all__ = [
    "STAGES",
    "BuyingStage",
    "Campaign",
    "Category",
    "Decay",
    "Documents",
    "FitCriterion",
    "Grade",
    "LifecycleRule",
    "Limit",
    "Model",
    "SignalCriterion",
    "StageCondition",
    "decode",
    "encode",
]
