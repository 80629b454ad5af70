"""The values of a document: days, hours, points, names. Each says what may stand there."""

import difflib
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from leadlight.lifecycle.transitions import STAGE_NAMES
from leadlight.model.structs import LONGEST_NAME, LONGEST_WINDOW, MOST_CAP, MOST_COUNT, MOST_POINTS, NAME
from leadlight.signals.condition import no_pattern

_HOURS_OF = {"h": 1, "d": 24}


def key(meaning: str, *, example: Any, **settings: Any) -> Any:
    """A key of the language: what it means, and a value that runs as a test. Required unless `default` is given."""
    return Field(description=meaning, examples=[example], **settings)


def nearest(value: Any, names: Iterable[str]) -> str:
    """`; did you mean ...?` where a name is near."""
    near = difflib.get_close_matches(str(value).lower(), list(names), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def days(value: Any) -> Any:
    """`30d` as 30."""
    found = re.fullmatch(r"(\d{1,6})d", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"write whole days such as 30d, found {value!r}")
    if not 1 <= int(found[1]) <= LONGEST_WINDOW:
        raise ValueError(f"write 1d to {LONGEST_WINDOW}d, found {value}")
    return int(found[1])


def hours(value: Any) -> Any:
    """`24h` or `1d` as 24."""
    found = re.fullmatch(r"([1-9]\d{0,5})([hd])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"write whole hours or days such as 24h or 2d, found {value!r}")
    return int(found[1]) * _HOURS_OF[found[2]]


def thousandths(value: Any) -> Any:
    """Points as an integer in thousandths."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"write a number of points, found {value!r}")  # noqa: TRY004 - pydantic wants ValueError
    exact = Decimal(str(value)) * 1000
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise ValueError(f"points have at most three decimals, found {value}")
    return int(exact)


def worth(value: Any) -> Any:
    """What something gives or takes, in thousandths."""
    points = thousandths(value)
    if abs(points) > MOST_POINTS:
        most = MOST_POINTS // 1000
        raise ValueError(f"write points from -{most} to {most}, found {value}")
    return points


def positive(value: Any) -> Any:
    """A cap's points in thousandths."""
    points = thousandths(value)
    if points <= 0:
        raise ValueError(f"a cap is greater than 0 points, found {value}")
    if points > MOST_CAP:
        raise ValueError(f"a cap is at most {MOST_CAP // 1000} points, found {value}")
    return points


def percent(value: Any) -> Any:
    """A whole number from 0 to 100."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:  # noqa: PLR2004 - percent
        raise ValueError(f"write a whole number from 0 to 100, found {value!r}")
    return value


def scalar(value: Any) -> Any:
    """A single value as tools send them."""
    if not isinstance(value, str | int | float | bool):
        raise ValueError(f"write text, a number, true or false, found {value!r}")  # noqa: TRY004 - as above
    return value


def pattern(value: Any) -> Any:
    """A regular expression that compiles."""
    if not isinstance(value, str):
        raise ValueError(f"write text, found {value!r}")  # noqa: TRY004 - as above
    if wrong := no_pattern(value):
        raise ValueError(f"not a regular expression: {wrong}")
    return value


def _stage(value: Any) -> Any:
    if value not in STAGE_NAMES:
        raise ValueError(f"write one of {', '.join(STAGE_NAMES)}, found {value!r}{nearest(value, STAGE_NAMES)}")
    return value


def _said(kind: str, **schema: Any) -> WithJsonSchema:
    return WithJsonSchema({**schema, "format": kind})


Days = Annotated[int, BeforeValidator(days), _said("days", type="string", pattern="^[1-9][0-9]*d$")]
Hours = Annotated[int, BeforeValidator(hours), _said("hours", type="string", pattern="^[1-9][0-9]*[hd]$")]
Points = Annotated[int, BeforeValidator(worth), _said("points", type="number")]
Cap = Annotated[int, BeforeValidator(positive), _said("points", type="number", exclusiveMinimum=0)]
Percent = Annotated[int, BeforeValidator(percent), _said("percent", type="integer", minimum=0, maximum=100)]
Count = Annotated[int, Field(ge=1, le=MOST_COUNT)]
Value = Annotated[Any, BeforeValidator(scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Pattern = Annotated[str, BeforeValidator(pattern), _said("regex", type="string")]
Name = Annotated[str, Field(pattern=NAME, max_length=LONGEST_NAME, json_schema_extra={"format": "name"})]
Text = Annotated[str, Field(min_length=1)]
StageName = Annotated[str, BeforeValidator(_stage), _said("stage", enum=list(STAGE_NAMES))]


class Part(BaseModel):
    """Every part of a document: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)
