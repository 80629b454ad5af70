"""The values of a document: days, hours, points, names."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from leadlight.lifecycle.transitions import STAGE_NAMES

LONGEST_WINDOW = 392  # retention of 400 days, less the margin for late facts


def days(value: Any) -> Any:
    """`30d` as 30."""
    if isinstance(value, str) and value[:-1].isdigit() and value[-1] == "d":
        return int(value[:-1])
    raise ValueError(f"write whole days such as 30d, found {value!r}")


def hours(value: Any) -> Any:
    """`24h` or `1d` as 24."""
    if isinstance(value, str) and value[:-1].isdigit() and value[-1] in "hd":
        return int(value[:-1]) * (24 if value[-1] == "d" else 1)
    raise ValueError(f"write whole hours or days such as 24h or 2d, found {value!r}")


def thousandths(value: Any) -> Any:
    """Points as an integer in thousandths."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"write a number of points, found {value!r}")  # noqa: TRY004 - pydantic wants ValueError
    exact = Decimal(str(value)) * 1000
    if exact != exact.to_integral_value():
        raise ValueError(f"points have at most three decimals, found {value}")
    return int(exact)


Days = Annotated[int, BeforeValidator(days), Field(ge=1, le=LONGEST_WINDOW)]
Hours = Annotated[int, BeforeValidator(hours), Field(ge=1)]
Points = Annotated[int, BeforeValidator(thousandths)]
Cap = Annotated[int, BeforeValidator(thousandths), Field(gt=0)]
Percent = Annotated[int, Field(ge=0, le=100)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]


def _stage(value: Any) -> Any:
    if value not in STAGE_NAMES:
        raise ValueError(f"write one of {', '.join(STAGE_NAMES)}, found {value!r}")
    return value


StageName = Annotated[str, BeforeValidator(_stage)]


class Part(BaseModel):
    """Every part of a document: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)
