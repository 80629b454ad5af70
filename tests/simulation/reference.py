"""What a seed must come to, worked out the obvious way from what was sent and what is stored."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from leadlight.activity import Fact, Identity, Kind, is_account, lead_id_of
from leadlight.activity.identity import strength
from leadlight.adapters.fact_items import from_item
from leadlight.state import Change, Fold, apply, by_day, prune
from leadlight.state.company import account_of
from tests.simulation.machines import Done, by_people
from tests.simulation.requests import Sent
from tests.simulation.tables import Item, Key
from tests.simulation.world import POISON, World, documents

_DAY = 86_400
_PAGES = {
    "/pricing": "pricing_page_viewed",
    "/compare/acme": "competitor_comparison_viewed",
    "/careers": "careers_page_viewed",
}
_KEY_FEATURES = ("report", "api_key")
_UNCOUNTED = ("lead_identified", "consent_given", "deal_", "handoff_", "identit", "judged_")
_NO_FACTS = ("link#", "merge#", "poke#", "member#", "round#", "company#")


def lead_of(sent: Sent) -> str:
    """The lead that an activity's facts are stored under."""
    chosen = max if sent.type in ("identities_merged", "identities_separated") else min
    return lead_id_of(chosen(sent.identities, key=strength))


def kinds_of(sent: Sent) -> set[str]:
    """The facts that an activity states, by kind."""
    if sent.type == "lead_identified":
        return {"traits"}
    if sent.type.startswith("deal_"):
        return {"deal"}
    if sent.type.startswith("handoff_"):
        return {"sales"}
    if sent.type.startswith("identit"):
        return {"identity"}
    if sent.type.startswith("judged_"):
        return {"verdict"}
    if sent.type == "consent_given":
        return {"consent"}
    return {"activity", "consent"} if sent.type == "unsubscribed" else {"activity"}


def stored_facts(world: World) -> dict[Key, Item]:
    """Every fact that was ever stored, those gone by TTL among them; no copies."""
    return {
        key: item
        for key, item in world.facts.table.ever.items()
        if POISON not in key[1] and not key[1].startswith(_NO_FACTS) and "epoch" not in item and not is_account(key[0])
    }


def naive_counts(
    sent: list[Sent], stored: dict[Key, Item], root_of: Mapping[str, str]
) -> dict[str, Counter[tuple[str, int]]]:
    """Signals by person and day, counted from the raw activities; the stored items only say which content came last."""
    last: dict[tuple[str, str], tuple[str, Item]] = {}
    sayings: dict[str, list[Fact]] = {}
    for (lead_id, key), item in stored.items():
        if key.startswith(("activity#", "untimed#activity#")):
            body = msgspec.json.decode(item["body"]["S"])
            last[body["source"], body["id"]] = (lead_id, item)
        elif "verdict#" in key:
            sayings.setdefault(root_of[lead_id], []).append(from_item(item))
    done: dict[tuple[str, int], list[Done]] = {}  # by person and day
    for one in sent:
        if one.type.startswith(_UNCOUNTED) or (one.source, one.id) not in last:
            continue
        lead_id, item = last[one.source, one.id]
        received = item.get("received_at", {}).get("S")
        moment = one.occurred_at or datetime.fromisoformat(received)
        properties = one.versions[msgspec.json.decode(item["body"]["S"])["values"]["v"]]["properties"]
        told = one.occurred_at is not None and "backfill" not in item
        each = Done(one.type, properties, moment, live=not one.source.startswith("import:"), told=told)
        done.setdefault((root_of[lead_id], int(moment.timestamp()) // _DAY), []).append(each)
    counts: dict[str, Counter[tuple[str, int]]] = {}
    for (root, day), together in done.items():
        lead = counts.setdefault(root, Counter())
        for each in by_people(together, sayings.get(root, [])):
            lead.update((signal, day) for signal in _signals(each.type, each.properties))
    return counts


def roots(world: World) -> dict[str, str]:
    """The root of every lead that a fact or a statement names: by the graph of all that was ever said."""
    versions = (version for key in stored_facts(world) for version in world.facts.table.versions[key] if version)
    return roots_by_graph(map(from_item, versions))


def roots_by_graph(facts: Iterable[Fact]) -> dict[str, str]:
    """The strongest of each connected part of the graph whose edges the facts are."""
    evidence: set[tuple[Identity, Identity]] = set()
    pairs: dict[tuple[Identity, Identity], tuple[bytes, bool]] = {}
    shared: dict[Identity, tuple[bytes, bool]] = {}
    names: set[Identity] = set()
    for fact in facts:
        first, *others = sorted(fact.identities, key=strength)
        names |= set(fact.identities)
        if fact.kind is not Kind.IDENTITY:
            evidence |= {(first, other) for other in others}
        elif others:
            said = (fact.order_key, fact.type == "identities_merged")
            pairs[first, others[0]] = max(said, pairs.get((first, others[0]), said))
        else:
            said = (fact.order_key, fact.type == "identity_shared")
            shared[first] = max(said, shared.get(first, said))
    nobody = {name for name, (_, is_shared) in shared.items() if is_shared}
    edges = {edge for edge in evidence if edge not in pairs and not nobody & set(edge)}
    edges |= {edge for edge, (_, joined) in pairs.items() if joined}
    part = {name: {name} for name in names}
    for one, other in edges:
        joined = part[one] | part[other]
        for name in joined:
            part[name] = joined
    return {lead_id_of(name): lead_id_of(min(part[name], key=strength)) for name in names}


def ordered_folds(world: World, horizon: int, root_of: Mapping[str, str]) -> dict[str, Fold]:
    """Folds by a single pass over the stored facts of each person in their order, each once, pruned to one day."""
    facts = [from_item(item) for item in stored_facts(world).values()]
    catalogue = world.models.newest.documents.catalogue
    folds: dict[str, Fold] = {}
    passed: dict[str, list[Fact]] = {}
    # A fact that several of a person's leads have counts as the root's own says it.
    facts.sort(key=lambda fact: (fact.order_key, fact.kind, fact.lead_id != root_of[fact.lead_id], fact.lead_id))
    seen: set[tuple[str, str, bytes]] = set()
    for fact in facts:
        root = root_of[fact.lead_id]
        if (root, fact.kind, fact.order_key) in seen or (fact.kind is Kind.IDENTITY and fact.lead_id != root):
            continue  # what a team says of an identity is said of its own lead alone
        seen.add((root, fact.kind, fact.order_key))
        fold = folds.setdefault(root, Fold())
        before = passed.setdefault(root, [])
        before.append(fact)
        apply(
            fold,
            [Change(fact)],
            signals_of=catalogue.signals_of,
            facts_on=lambda day, before=before: by_day(before)(day),  # type: ignore[misc]
            facts_of=lambda kind, before=before: [each for each in before if each.kind is kind],  # type: ignore[misc]
            guard=catalogue.guard,
        )
    for fold in folds.values():
        prune(fold, horizon)
        fold.account = account_of(fold, free_mail=documents().free_mail)
    return folds


def _signals(kind: str, properties: dict[str, Any]) -> list[str]:
    if kind == "page_viewed":
        path = str(properties["path"])
        return ["site_visited", *([_PAGES[path]] if path in _PAGES else [])]
    if kind == "feature_used":
        return ["feature_used", *(["key_feature_used"] if properties["feature"] in _KEY_FEATURES else [])]
    return [] if kind == "email_delivered" else [kind]
