"""What sweeps counted and told of who fell silent, against a naive count of the states once a world is at rest."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from leadlight.activity import is_account
from leadlight.activity.order_key import day_number, day_text
from leadlight.lifecycle.decision import Decision
from leadlight.releases import SWEPT
from leadlight.state import LeadState
from tests.simulation.world import World


def wrong_nights(world: World) -> Iterator[Any]:
    """What does not hold after the last sweep."""
    today = day_text(day_number(world.clock))
    run = world.runs.runs.get(f"sweep-{today}")
    if run is None or run.release != world.models.newest.release.number:
        return  # no night came, or its sweep was overtaken by a publish
    silent = [each for each in _decisions(world) if each.kind == "disengaged"]
    counted: Counter[str] = Counter()
    for state in world.leads.scan():
        if is_account(state.lead_id) or state.kin.root or state.totals is None:
            continue
        found, told = _naive(state, world), [each for each in silent if each.lead_id == state.lead_id]
        counted.update([found])
        counted["newly_disengaged"] += sum(each.as_of == today for each in told)
        if state.standing.announced and state.standing.engaged != (found == "engaged"):
            yield "not noticed", state.lead_id, found, state.standing
        if told and day_text(state.standing.disengaged) != max(each.as_of for each in told):
            yield "not remembered", state.lead_id, told, state.standing
        days = [each.as_of for each in sorted(told, key=lambda each: each.seq)]
        if days != sorted(set(days)):
            yield "told twice", state.lead_id, days
    kept = msgspec.structs.asdict(world.records.counted[today]) if today in world.records.counted else {}
    for name in SWEPT:
        if kept.get(name) != counted[name]:
            yield "engagement", name, kept, counted


def _naive(state: LeadState, world: World) -> str:
    """By every single activity that is left in the fold, and still counts."""
    today = day_number(world.clock)
    model = world.models.newest.portfolio.of(state.fold, today).model
    worth = {each.signal for each in model.signals if any(points > 0 for points in each.points)}
    ages = [today - day for signal in worth for day in state.fold.signals.get(signal, ())]
    past = [age for age in ages if 0 <= age < world.retention_days]
    if not past:
        return "never"
    return "engaged" if min(past) < model.engaged_within else "disengaged"


def _decisions(world: World) -> list[Decision]:
    return [msgspec.json.decode(raw, type=Decision) for raw in world.records.stored.values()]
