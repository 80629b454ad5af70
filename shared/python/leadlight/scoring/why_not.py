"""Why a lead is not there yet: the cheapest ways to a threshold, each found by really scoring the lead with it.

A way is a set of moves: so many more occurrences of signals on the day, and traits with another value. Sets are tried
in the order of their cost, those that promise most first: all sets of up to three moves, then longer ones of two
kinds, as far as the effort goes (a model with some 25 signals and values has all sets of three tried). Where nothing
is found, the best next move is taken until the target is reached.
"""

from msgspec.structs import replace

from leadlight.scoring.engine import Engine
from leadlight.scoring.moves import Move, Plan, adding, cost_of, fits, holds_one, moves_of, plans, without
from leadlight.scoring.score import Totals
from leadlight.scoring.supposed import happening, knowing
from leadlight.scoring.target import Target
from leadlight.scoring.way import Step, Way, gains, moved_criteria
from leadlight.state.fold import Fold

EFFORT = 4_000  # scores tried
LONGEST = 12  # moves in a way
_FEW, _TWO = 3, 2  # kinds of moves in a way of at most three moves, and in a longer one


def why_not(engine: Engine, fold: Fold, as_of: int, *, target: Target, most: int = 5) -> tuple[Way, ...]:
    """The cheapest ways for a lead to reach the target on the day `as_of`.

    There is none where it has reached it, where nothing helps, and for a suppressed lead. No way holds another. Of
    the same cost, those come first that change no known trait, then those of fewer steps, then the higher scores.
    """
    search = _Search(engine, fold, as_of, target)
    now = search.totals({})
    if now.suppressed or target.reached(now):
        return ()
    found = _mixed(search, _singles(search), most) or _greedy(search)
    return tuple(sorted(map(search.way, found), key=_order)[:most])


class _Search:
    """Scores the lead as it would be; folds with other traits are made once."""

    def __init__(self, engine: Engine, fold: Fold, as_of: int, target: Target) -> None:
        self.target = target
        self.moves = tuple(moves_of(engine.model, fold, as_of))
        self.tried = 0
        self._engine, self._as_of, self._fold = engine, as_of, fold
        self._informed: dict[frozenset[Move], Fold] = {frozenset(): replace(fold)}
        self._known = fold.known_traits(as_of)
        self._before = engine.score(fold, as_of)

    def totals(self, plan: Plan) -> Totals:
        """The score of a lead to whom the plan has happened."""
        self.tried += 1
        return self._engine.totals(self._after(plan), self._as_of)

    def reaches(self, plan: Plan) -> bool:
        """Whether the plan is a way."""
        return self.target.reached(self.totals(plan))

    def way(self, plan: Plan) -> Way:
        """The plan as people read it."""
        after = self._engine.score(self._after(plan), self._as_of)
        moved = moved_criteria(self._engine.model, self._before, after)
        steps = [
            Step(move.name, times, criteria=moved.signals.get(move.name, ()))
            if move.value is None
            else Step(move.name, 1, move.value, self._known.get(move.name), moved.traits.get(move.name, ()))
            for move, times in plan.items()
        ]
        steps.sort(key=lambda step: (not step.is_trait, step.name))
        return Way(tuple(steps), after.totals, gains(self._before, after))

    def _after(self, plan: Plan) -> Fold:
        """The fold of such a lead, good until the next one is asked for: to make one takes longer than to score it."""
        traits = frozenset(move for move in plan if move.value is not None)
        if traits not in self._informed:
            values = {move.name: move.value for move in traits if move.value is not None}
            self._informed[traits] = knowing(self._fold, values, self._as_of)
        after = self._informed[traits]
        more = {move.name: times for move, times in plan.items() if move.value is None}
        after.signals = happening(self._fold, more, self._as_of)
        return after


def _singles(search: _Search) -> list[Plan]:
    """Each move alone, a signal as often as it takes."""
    found: list[Plan] = []
    for move in search.moves:
        often = range(1, LONGEST + 1 if move.value is None else 2)
        found += next(([{move: times}] for times in often if search.reaches({move: times})), [])
    return found


def _mixed(search: _Search, found: list[Plan], most: int) -> list[Plan]:
    """What was found, and several moves together, cheapest first, until there are enough."""
    promising = sorted(search.moves, key=lambda move: -search.totals({move: 1}).score)
    for cost in range(2, LONGEST + 1):
        if sum(cost_of(plan) < cost for plan in found) >= most:
            break
        for kinds in range(2, min(_FEW if cost <= _FEW else _TWO, cost) + 1):
            for plan in plans(promising, kinds, cost):
                if search.tried > EFFORT:
                    return found
                if not holds_one(plan, found) and search.reaches(plan):
                    found.append(plan)
    return found


def _greedy(search: _Search) -> list[Plan]:
    """The best next move, again and again; then what turns out not to be needed is left out."""
    plan: Plan = {}
    while not search.reaches(plan):
        following = [adding(plan, move) for move in search.moves if fits(plan, move)]
        best = max(following, key=lambda other: _nearness(search, other), default={})
        if cost_of(best) > LONGEST or _nearness(search, best) <= _nearness(search, plan):
            return []
        plan = best
    for move in [move for move, times in plan.items() for _ in range(times)]:
        if search.reaches(without(plan, move)):
            plan = without(plan, move)
    return [plan]


def _nearness(search: _Search, plan: Plan) -> tuple[int, int]:
    totals, target = search.totals(plan), search.target
    grades = min(0, ord(target.grade) - ord(totals.grade))
    return grades + min(0, totals.score - target.score), totals.score


def _order(way: Way) -> tuple[int, int, int, int, str]:
    changed = sum(step.known is not None for step in way.steps)
    return way.cost, changed, len(way.steps), -way.totals.score, way.words
