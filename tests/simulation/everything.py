"""Everything at once: publishes, sweeps, merges, somebody who is forgotten, TTL, batches given up and redriven."""

from collections.abc import Callable, Iterator
from typing import Any

from leadlight.activity import Identity, lead_id_of
from leadlight.runtime.repair.audit import audit
from tests.simulation import checks
from tests.simulation.checks import Breach
from tests.simulation.forgetting import Forgetful, left
from tests.simulation.memory_forgotten import hashed
from tests.simulation.publishing import Publishing, not_in_force, wrong
from tests.simulation.redriving import Lossy
from tests.simulation.requests import names
from tests.simulation.simulation import Outcome
from tests.simulation.world import World


class Everything(Publishing, Lossy, Forgetful):
    """What each of them does, in one course of events. In a third of the seeds nobody is forgotten."""

    def __init__(self, seed: int, **options: Any) -> None:
        super().__init__(seed, **options)
        if self.random.random() < 0.33:
            self._forget_from = None


def broken(simulation: Everything, outcome: Outcome) -> Iterator[Breach]:
    """What does not hold once the world is at rest.

    Where nobody was forgotten, every promise of each. Where somebody was: nothing of them is left, and what others
    are promised holds for the others. Their folds too, unless they are one person by what was erased with it.
    """
    world = outcome.world
    yield from audited(world)
    marked = world.forgotten.marked
    if not marked:
        yield from wrong(simulation, outcome)
        return
    yield from (("forgotten", what) for what in left(world))
    yield from not_in_force(simulation, outcome)
    theirs = {lead_id for lead_id, _ in world.facts.table.ever if hashed(lead_id) in marked}
    theirs |= {name.value for lead in range(simulation.traffic.leads) for name in names(lead) if _is_of(name, theirs)}
    checked: list[Callable[[Outcome], Iterator[Breach]]] = [
        checks.errors,
        checks.ingest_adds_up,
        checks.facts_are_those_accepted,
        checks.decisions_are_legal,
        checks.events_match_decisions,
        checks.enrollments_follow,
    ]
    if not simulation.tangled:
        checked.append(checks.folds_are_exact)
    recounted = world.models.newest.documents.catalogue != world.models.shipped().catalogue
    for promise, what in (breach for check in checked for breach in check(outcome)):
        erased = any(name in what.lower() for name in theirs) or "poison records" in what  # which are of the same lead
        if not erased and not (promise == "counts" and recounted):
            yield promise, what


def audited(world: World) -> Iterator[Breach]:
    """What the real audit finds: every fold is what the stored facts come to, also of who came back."""
    world.scheduler.rest()
    after: str | None = ""
    while after is not None:
        step = audit(world, part=0, parts=1, after=after, limit=50)
        yield from (("audit", str(each)) for each in step["differing"])
        after = step["next"]


def _is_of(name: Identity, lead_ids: set[str]) -> bool:
    return lead_id_of(name) in lead_ids
