"""Weights as people write them."""

from typing import Annotated

from pydantic import Field, model_validator

from leadlight.model.document.values import Part, key
from leadlight.model.structs import MOST_COUNT

Weight = Annotated[int, Field(ge=0, le=MOST_COUNT)]
_EXAMPLE = {"fit": 40, "engagement": 30, "product_usage": 15, "behavior": 15}


class WeightsPart(Part):
    """The weight of each category; they need not add up to 100."""

    fit: Weight = key("Weight of who they are.", example=40)
    engagement: Weight = key("Weight of what they read and attend.", example=30)
    product_usage: Weight = key("Weight of what they do in the product.", example=15)
    behavior: Weight = key("Weight of how they answer us.", example=15)

    @model_validator(mode="after")
    def _some(self) -> "WeightsPart":
        if not any(self.model_dump().values()):
            raise ValueError("give at least one category a weight")
        return self


class StageWeightsPart(Part):
    """Weights by buying stage."""

    awareness: WeightsPart = key("While the lead is in awareness.", example=_EXAMPLE)
    consideration: WeightsPart = key("While the lead is in consideration.", example=_EXAMPLE)
    decision: WeightsPart = key("While the lead is in decision.", example=_EXAMPLE)
