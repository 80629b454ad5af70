"""What a change of the model means for leads: who moves, how far, and over which threshold."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from leadlight.activity import Scalar
from leadlight.model.structs import BuyingStage, Grade, Model
from leadlight.scoring.engine import Engine
from leadlight.scoring.score import Totals
from leadlight.scoring.target import Target, targets
from leadlight.state.fold import Fold


class Move(NamedTuple):
    """One lead's score by both models."""

    lead_id: str
    before: Totals
    after: Totals

    @property
    def by(self) -> int:
        """How far the score moves; negative where it falls."""
        return self.after.score - self.before.score


@dataclass(slots=True)
class Crossed:
    """How many leads meet what a stage asks for. A model without the stage has nobody meet it."""

    before: int = 0
    after: int = 0
    up: int = 0  # only by the model after
    down: int = 0  # only by the model before

    def count(self, met: tuple[bool, bool]) -> None:
        """Counts one lead: whether it meets it before and after."""
        self.before += met[0]
        self.after += met[1]
        self.up += met[1] and not met[0]
        self.down += met[0] and not met[1]


@dataclass(slots=True)
class Moves:
    """All leads that were scored by both models. `by` counts leads by how far their score moves."""

    by: Counter[int] = field(default_factory=Counter)
    thresholds: Mapping[str, Crossed] = field(default_factory=dict)
    grades: Counter[tuple[Grade, Grade]] = field(default_factory=Counter)
    buying_stages: Counter[tuple[BuyingStage, BuyingStage]] = field(default_factory=Counter)
    up: tuple[Move, ...] = ()
    down: tuple[Move, ...] = ()

    @property
    def leads(self) -> int:
        """How many leads were scored."""
        return self.by.total()

    @property
    def higher(self) -> int:
        """How many leads score more."""
        return sum(count for by, count in self.by.items() if by > 0)

    @property
    def lower(self) -> int:
        """How many leads score less."""
        return sum(count for by, count in self.by.items() if by < 0)


def moved(before: Model, after: Model, folds: Iterable[tuple[str, Fold]], as_of: int, *, top: int = 10) -> Moves:
    """Scores every lead (its id, its fold) by both models on the day; `top` movers each way are named."""
    engines = Engine(before, once=True), Engine(after, once=True)
    asked = _by_stage(before), _by_stage(after)
    found = Moves(thresholds={stage: Crossed() for stage in dict.fromkeys([*asked[0], *asked[1]])})
    movers: list[Move] = []
    for lead_id, fold in folds:
        lead = _Read(fold, as_of)
        move = Move(lead_id, engines[0].totals(lead, as_of), engines[1].totals(lead, as_of))
        found.by[move.by] += 1
        found.grades[move.before.grade, move.after.grade] += 1
        found.buying_stages[move.before.buying_stage, move.after.buying_stage] += 1
        for stage, crossed in found.thresholds.items():
            crossed.count((_meets(asked[0], stage, move.before), _meets(asked[1], stage, move.after)))
        if move.by:
            movers.append(move)
    movers.sort(key=lambda move: (move.by, move.lead_id))
    found.down = tuple(move for move in movers[:top] if move.by < 0)
    found.up = tuple(sorted((move for move in movers if move.by > 0), key=lambda move: (-move.by, move.lead_id))[:top])
    return found


class _Read:
    """A fold as engines read it on one day: made ready once for both of them."""

    def __init__(self, fold: Fold, as_of: int) -> None:
        self.buckets = fold.buckets
        self._traits = fold.known_traits(as_of)

    def known_traits(self, as_of: int | None = None) -> Mapping[str, Scalar]:  # noqa: ARG002 - of that day alone
        return self._traits


def _by_stage(model: Model) -> dict[str, list[Target]]:
    found: dict[str, list[Target]] = {}
    for target in targets(model):
        if target.enter:
            found.setdefault(target.enter, []).append(target)
    return found


def _meets(asked: Mapping[str, Iterable[Target]], stage: str, totals: Totals) -> bool:
    return any(target.reached(totals) for target in asked.get(stage, ()))
