"""A scoring model as it is published: plain frozen values, decoded in microseconds.

Points, caps and shares are integers in thousandths of a point; windows, dwell and cool-down in days.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Literal

import msgspec

from leadlight.signals import Catalogue, Condition


class Category(StrEnum):
    """The four categories of the field."""

    FIT = "fit"
    ENGAGEMENT = "engagement"
    PRODUCT_USAGE = "product_usage"
    BEHAVIOR = "behavior"


class BuyingStage(StrEnum):
    """Where the lead is in its own buying; it selects the weights."""

    AWARENESS = "awareness"
    CONSIDERATION = "consideration"
    DECISION = "decision"


# What people may write, and what the API takes: the bounds of the language.
NAME = r"^[a-z][a-z0-9_-]*$"
LONGEST_NAME = 100
MOST_POINTS = 10_000_000  # thousandths: of one occurrence or trait, either way; a score ends at 100 points
MOST_CAP = 1_000_000_000  # thousandths
MOST_MODELS = 200  # of a stack
MOST_COUNT = 1_000_000_000  # of versions, occurrences and weights
LONGEST_HAND_OFF = 999_999 * 24  # hours
LONGEST_WINDOW = 365  # days; with the history depth of 33 and a margin of 2 it is the retention of 400

STAGES = tuple(BuyingStage)
Grade = Literal["A", "B", "C", "D"]


class FitCriterion(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points for a trait that meets a condition."""

    id: str
    label: str
    trait: str
    condition: Condition
    points: int


class Limit(msgspec.Struct, frozen=True):
    """At most `count` occurrences in each block of `days` days; blocks are aligned to 1970-01-01."""

    count: int
    days: int


class Decay(msgspec.Struct, frozen=True):
    """How points fade with age in whole days.

    `half_life`: halved every `days`. `linear`: nothing left at `days`. `step`: whole before `days`, nothing after.
    """

    kind: Literal["half_life", "linear", "step"]
    days: int


class SignalCriterion(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points for each occurrence of a signal: window, then limit, then decay, then sum, then cap."""

    id: str
    label: str
    category: Category
    signal: str
    points: tuple[int, int, int]  # by buying stage: awareness, consideration, decision
    window: int | None = None
    limit: Limit | None = None
    decay: Decay | None = None
    cap: int | None = None


class StageCondition(msgspec.Struct, frozen=True):
    """At least this many of a signal within the last days."""

    signal: str
    at_least: int
    days: int


class LifecycleRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a lifecycle stage is entered and left.

    By score: enter at `score` with at least `grade`, fall back to `falls_to` below `falls_below` after
    `dwell` days, re-enter after `cool_down` days. By sales: `on` accepted or rejected.
    """

    enter: str
    source: tuple[str, ...]
    score: int | None = None
    falls_below: int | None = None
    falls_to: str = "lead"
    grade: Grade = "D"
    dwell: int = 0
    cool_down: int = 0
    hand_off_hours: int | None = None
    on: Literal["accepted", "rejected"] | None = None


class Suppression(msgspec.Struct, frozen=True, omit_defaults=True):
    """Leads that are nobody to sell to (competitors, employees, students): their score is 0, and says why."""

    id: str
    label: str
    trait: str
    condition: Condition


class Segment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named cut: all that are given must hold."""

    id: str
    title: str
    stages: tuple[str, ...] = ()
    grades: tuple[Grade, ...] = ("A", "B", "C", "D")
    buying_stages: tuple[BuyingStage, ...] = STAGES
    score_at_least: int = 0
    score_below: int = 101


class Campaign(msgspec.Struct, frozen=True, omit_defaults=True):
    """A nurture campaign and the leads that it is for."""

    id: str
    title: str
    segment: Segment


class AccountRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an account's score follows from its leads' scores.

    `max`: that of its best lead. `sum`: of all, each next-best lead counting `next` percent of the one before.
    """

    score: Literal["max", "sum"] = "max"
    next: int = 50


class Model(msgspec.Struct, frozen=True, dict=True):
    """A scoring model. `caps` and `weights` are by category; `grades` hold the least fit score in percent."""

    id: str
    version: int
    title: str
    caps: Mapping[Category, int]
    weights: Mapping[BuyingStage, Mapping[Category, int]]
    buying_stages: Mapping[BuyingStage, tuple[StageCondition, ...]]
    grades: Mapping[Grade, int]
    fit: tuple[FitCriterion, ...]
    signals: tuple[SignalCriterion, ...]
    lifecycle: tuple[LifecycleRule, ...]
    campaigns: tuple[Campaign, ...]
    segments: tuple[Segment, ...] = ()
    audience: Mapping[str, Condition] = msgspec.field(default_factory=dict)  # by trait; empty: every lead
    suppress: tuple[Suppression, ...] = ()
    accounts: AccountRule = AccountRule()
    announce_change: int = 10
    engaged_within: int = 30

    @property
    def name(self) -> str:
        """What a score names as its model: `id@version`."""
        return f"{self.id}@{self.version}"

    @cached_property
    def rewarded(self) -> frozenset[str]:
        """The signals that give points, in some buying stage."""
        return frozenset(criterion.signal for criterion in self.signals if max(criterion.points) > 0)


class Documents(msgspec.Struct, frozen=True):
    """What a stack scores by: its signal catalogue and its models.

    A lead's primary model is the first whose audience it meets; the last one is for everybody, and says how accounts
    are scored. `free_mail` are the domains whose addresses anybody can have: they name no account.
    """

    catalogue: Catalogue
    models: tuple[Model, ...]
    free_mail: frozenset[str] = frozenset()

    @property
    def model(self) -> Model:
        """The model for everybody."""
        return self.models[-1]


def decode(data: bytes) -> Documents:
    """The published documents from JSON."""
    return msgspec.json.decode(data, type=Documents)


def encode(documents: Documents) -> bytes:
    """The published form: JSON with sorted keys."""
    return msgspec.json.encode(documents, order="deterministic")
