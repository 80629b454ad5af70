"""What a seed must come to, worked out the obvious way from what was sent and what is stored."""

from collections import Counter
from datetime import datetime
from typing import Any

import msgspec

from leadlight.activity import Identity, lead_id_of
from leadlight.adapters.fact_items import from_item
from leadlight.state import Change, Fold, apply, prune
from tests.simulation.tables import Item, Key
from tests.simulation.traffic import Sent, email_of
from tests.simulation.world import POISON, World, documents

_DAY = 86_400
_ONCE = 2  # nothing, then the item
_PAGES = {
    "/pricing": "pricing_page_viewed",
    "/compare/acme": "competitor_comparison_viewed",
    "/careers": "careers_page_viewed",
}
_KEY_FEATURES = ("report", "api_key")
_UNCOUNTED = ("lead_identified", "consent_given", "deal_", "handoff_")


def lead_ids(leads: int) -> dict[int, str]:
    return {lead: lead_id_of(Identity("email", email_of(lead))) for lead in range(leads)}


def kinds_of(sent: Sent) -> set[str]:
    """The facts that an activity states, by kind."""
    if sent.type == "lead_identified":
        return {"traits"}
    if sent.type.startswith("deal_"):
        return {"deal"}
    if sent.type.startswith("handoff_"):
        return {"sales"}
    if sent.type == "consent_given":
        return {"consent"}
    return {"activity", "consent"} if sent.type == "unsubscribed" else {"activity"}


def stored_facts(world: World) -> dict[Key, Item]:
    """Every fact that was ever stored, those gone by TTL among them."""
    return {key: item for key, item in world.facts.table.ever.items() if POISON not in key[1]}


def naive_counts(sent: list[Sent], stored: dict[Key, Item]) -> dict[str, Counter[tuple[str, int]]]:
    """Signals by lead and day, counted from the raw activities; the stored items only say which content came last."""
    last: dict[tuple[str, str], tuple[str, int, datetime | None]] = {}
    for (lead_id, key), item in stored.items():
        if key.startswith(("activity#", "untimed#activity#")):
            body = msgspec.json.decode(item["body"]["S"])
            received = item.get("received_at", {}).get("S")
            moment = datetime.fromisoformat(received) if received else None
            last[body["source"], body["id"]] = (lead_id, body["values"]["v"], moment)
    counts: dict[str, Counter[tuple[str, int]]] = {}
    for one in sent:
        if one.type.startswith(_UNCOUNTED) or (one.source, one.id) not in last:
            continue
        lead_id, version, received_at = last[one.source, one.id]
        day = int((one.occurred_at or received_at).timestamp()) // _DAY  # type: ignore[union-attr]
        lead = counts.setdefault(lead_id, Counter())
        for signal in _signals(one.type, one.versions[version]["properties"]):
            lead[signal, day] += 1
    return counts


def ordered_folds(world: World, horizon: int) -> dict[str, Fold]:
    """Folds by a single pass over the stored facts in their order, each once, pruned to one day.

    Identities alone only grow: one that a rewritten fact no longer names stays known.
    """
    stored = stored_facts(world)
    facts = sorted((from_item(item) for item in stored.values()), key=lambda fact: fact.order_key)
    folds: dict[str, Fold] = {}
    for fact in facts:
        fold = folds.setdefault(fact.lead_id, Fold())
        apply(fold, [Change(fact)], signals_of=documents().catalogue.signals_of, facts_on=_nothing_is_late)
    for key in stored:
        versions = world.facts.table.versions[key]
        for version in versions if len(versions) > _ONCE else ():
            if version:
                folds[key[0]].identities.update(from_item(version).identities)
    for fold in folds.values():
        prune(fold, horizon)
    return folds


def _signals(kind: str, properties: dict[str, Any]) -> list[str]:
    if kind == "page_viewed":
        path = str(properties["path"])
        return ["site_visited", *([_PAGES[path]] if path in _PAGES else [])]
    if kind == "feature_used":
        return ["feature_used", *(["key_feature_used"] if properties["feature"] in _KEY_FEATURES else [])]
    return [kind]


def _nothing_is_late(day: int) -> list[Any]:
    raise AssertionError(f"an ordered pass looks back at day {day}")
