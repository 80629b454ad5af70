"""What may happen to a lead, one thing at a time, and sets of such things in the order of their cost."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from leadlight.activity import Scalar
from leadlight.model.structs import FitCriterion, Model
from leadlight.scoring.example import choices, worth
from leadlight.state.fold import Fold


class Move(NamedTuple):
    """One more of a signal; or, with a value, a trait that has it."""

    name: str
    value: Scalar | None = None


Plan = dict[Move, int]  # how often each move is made


def moves_of(model: Model, fold: Fold, as_of: int) -> Iterator[Move]:
    """Signals that can give points or a buying stage, and values of traits that are worth more than now."""
    helpful = [criterion.signal for criterion in model.signals if max(criterion.points) > 0]
    staged = [condition.signal for conditions in model.buying_stages.values() for condition in conditions]
    for signal in dict.fromkeys([*helpful, *staged]):
        yield Move(signal)
    by_trait: dict[str, list[FitCriterion]] = {}
    for criterion in model.fit:
        by_trait.setdefault(criterion.trait, []).append(criterion)
    known = fold.known_traits(as_of)
    for trait, criteria in by_trait.items():
        now = worth(criteria, known.get(trait))
        for value in choices(criteria):
            if worth(criteria, value) > now:
                yield Move(trait, value)


def plans(moves: Iterable[Move], kinds: int, cost: int) -> Iterator[Plan]:
    """Every set of so many different moves that costs so much; a trait has one value."""
    for chosen in combinations(moves, kinds):
        traits = [move.name for move in chosen if move.value is not None]
        if len(traits) != len(set(traits)):
            continue
        for times in _shared_out(cost, kinds):
            plan = dict(zip(chosen, times, strict=True))
            if all(number == 1 or move.value is None for move, number in plan.items()):
                yield plan


def _shared_out(cost: int, kinds: int) -> Iterator[tuple[int, ...]]:
    """Every way to share a cost out, at least one to each."""
    for cuts in combinations(range(1, cost), kinds - 1):
        edges = (0, *cuts, cost)
        yield tuple(edges[place + 1] - edges[place] for place in range(kinds))


def fits(plan: Plan, move: Move) -> bool:
    """Whether a plan may have one more of a move: a trait has one value."""
    return move.value is None or all(other.value is None or other.name != move.name for other in plan)


def adding(plan: Plan, move: Move) -> Plan:
    """The plan with one more of a move."""
    return {**plan, move: plan.get(move, 0) + 1}


def without(plan: Plan, move: Move) -> Plan:
    """The plan with one less of a move."""
    return {other: less for other, times in plan.items() if (less := times - (other == move))}


def holds_one(plan: Plan, others: Iterable[Plan]) -> bool:
    """Whether a plan holds all of another one."""
    return any(all(plan.get(move, 0) >= times for move, times in other.items()) for other in others)


def cost_of(plan: Plan) -> int:
    """How many moves a plan makes."""
    return sum(plan.values())
