"""What a person says of activities, judged by the guard or not: it wins over the guard, and the latest saying wins."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from leadlight.activity import Fact, Scalar
from leadlight.activity.order_key import day_of, day_text

HUMAN, BOT = "judged_human", "judged_bot"  # activity types
ABOUT = "about"
_MESSAGE_NAMES = ("message_id", "email_id")
_LONGEST = 64  # characters of a message's name that tell it from others: the state item keeps it


class Said(NamedTuple):
    """A saying, by the order key of its fact."""

    order_key: bytes
    human: bool


Sayings = Mapping[str, Said]  # by what they are about: `message:M`, `day:2026-11-21`


def message_of(values: Mapping[str, Scalar]) -> str:
    """The message that an activity is about; empty where it names none."""
    return next((str(values[name])[:_LONGEST] for name in _MESSAGE_NAMES if values.get(name)), "")


def about_of(values: Mapping[str, Scalar]) -> str:
    """What a saying is about, by the properties of its fact.

    Raises:
        ValueError: it is about nothing that an activity has.
    """
    kind, _, name = str(values[ABOUT]).partition(":")
    if kind == "message" and name:
        return about_message(name)
    if kind == "day":
        return f"day:{date.fromisoformat(name).isoformat()}"
    raise ValueError(f"write message:NAME or day:2026-11-21, found {values[ABOUT]!r}")


def about_message(message: str) -> str:
    """What a saying of a message is about."""
    return f"message:{message[:_LONGEST]}"


def about_day(day: int) -> str:
    """What a saying of a day is about."""
    return f"day:{day_text(day)}"


def subjects(fact: Fact) -> tuple[str, ...]:
    """Everything that a saying may be about, and so be about this activity."""
    message, day = message_of(fact.values), about_day(day_of(fact.order_key))
    return (about_message(message), day) if message else (day,)


def saying_of(fact: Fact, sayings: Sayings) -> Said | None:
    """What was said last of an activity: of its message, or of its day."""
    if not sayings:
        return None
    return max((sayings[about] for about in subjects(fact) if about in sayings), default=None)
