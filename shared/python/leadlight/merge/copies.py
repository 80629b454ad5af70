from collections.abc import Iterable, Mapping

from leadlight.activity import Fact


def in_force(facts: Iterable[Fact], epochs: Mapping[str, int]) -> list[Fact]:
    """The facts that count for a lead: its own, and the copies of those that are merged into it, each fact once.

    Args:
        facts: what is stored under the lead.
        epochs: the members' epochs by lead id; a copy of another epoch was left behind.

    A fact that several leads have counts as the lead's own says it, else as the first owner in text order does.
    """
    chosen: dict[tuple[str, bytes], Fact] = {}
    for fact in facts:
        if fact.owner and epochs.get(fact.owner) != fact.epoch:
            continue
        place = (fact.kind, fact.order_key)
        held = chosen.get(place)
        if held is None or fact.owner < held.owner:
            chosen[place] = fact
    return list(chosen.values())
