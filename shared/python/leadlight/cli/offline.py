"""Scoring without a stack: a file of CloudEvents lines is the store of facts.

The result depends on the lines, the documents and `as_of` alone: not on their order, on repetitions, or on a clock.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from leadlight import sources
from leadlight.activity import Activity, Fact, Identity, Scalar, facts_of, is_account, lead_id_of
from leadlight.activity.fact import RESERVED_TYPES
from leadlight.activity.order_key import day_number
from leadlight.merge import roots, united
from leadlight.model import Documents
from leadlight.problems import Problem
from leadlight.scoring import Engine, Score
from leadlight.scoring.explanation import explanation
from leadlight.sources import cloudevents
from leadlight.sources.reading import json_body
from leadlight.state import Fold, folded
from leadlight.state.company import ACCOUNT, account_of, known_of_account
from leadlight.state.company import named as named_account
from leadlight.state.fold import Company

_BOM = b"\xef\xbb\xbf"


class BadLine(NamedTuple):
    """A line that is no activity: its number, and why."""

    number: int
    reason: str


@dataclass(slots=True)
class History:
    """What the lines say: facts by lead and key, so that a repeated line is one fact.

    `set_aside` counts activities of types that no signal reads: they are kept, and mean nothing to scoring.
    """

    facts: dict[str, dict[str, Fact]] = field(default_factory=dict)
    bad: list[BadLine] = field(default_factory=list)
    set_aside: Counter[str] = field(default_factory=Counter)


class Scored(NamedTuple):
    """One lead's score, with the fold that it comes from.

    `names`: every lead id and identity of the person, also of the leads that are merged into this one.
    """

    lead_id: str
    fold: Fold
    score: Score
    names: frozenset[str]


def read_history(lines: Iterable[bytes], *, documents: Documents, as_of: datetime) -> History:
    """Reads CloudEvents, one per line; an activity without a time counts at `as_of`, later ones are ignored."""
    history = History()
    for number, line in enumerate(lines, start=1):
        raw = line.removeprefix(_BOM) if number == 1 else line
        if not raw.strip():
            continue
        try:
            activity = _activity(raw, as_of)
        except Problem as found:
            history.bad.append(BadLine(number, f"{found.field}: {found.detail}" if found.field else found.detail))
            continue
        if activity.type not in RESERVED_TYPES and not documents.catalogue.knows(activity.type):
            history.set_aside[activity.type] += 1
        for fact in facts_of(activity, received_at=as_of, free_mail=documents.free_mail):
            if fact.occurred_at <= as_of:
                history.facts.setdefault(fact.lead_id, {})[fact.key] = fact
    return history


def scored(history: History, documents: Documents, *, as_of: datetime, retention_days: int) -> list[Scored]:
    """Every lead's score, highest first; leads that are one person are one lead."""
    engine, day, catalogue = Engine(documents.model), day_number(as_of), documents.catalogue

    def fold_of(facts: Collection[Fact]) -> Fold:
        horizon = day - retention_days
        return folded(facts, signals_of=catalogue.signals_of, guard=catalogue.guard, horizon=horizon)

    accounts = {name: fold_of(facts.values()) for name, facts in history.facts.items() if is_account(name)}
    told = [fact for name, facts in history.facts.items() if name not in accounts for fact in facts.values()]
    root_of = roots(told)
    names_by_root = _names(told, root_of)
    companies, found = _companies(accounts), []
    renamed = {name: account for name, account in accounts.items() if ACCOUNT in account.traits}
    other_names = {name: Company(1, 1, known_of_account(account)) for name, account in renamed.items()}
    for lead_id, facts in united(told, root_of).items():
        fold = fold_of(facts)
        fold.companies = other_names
        fold.account = account_of(fold, free_mail=documents.free_mail)
        fold.companies = {fold.account: Company(1, 1, companies.get(fold.account, {}))}
        found.append(Scored(lead_id, fold, engine.score(fold, day), frozenset(names_by_root[lead_id])))
    return sorted(found, key=lambda lead: (-lead.score.totals.score, lead.lead_id))


def view(lead: Scored, documents: Documents) -> dict[str, Any]:
    """A score as JSON shows it."""
    return {"lead_id": lead.lead_id, **explanation(lead.score, documents.model)}


def named(leads: Iterable[Scored], name: str) -> Iterator[Scored]:
    """The leads that a lead id, an address, or any identity (`value` or `kind:value`) names."""
    wanted = name.strip()
    return (lead for lead in leads if wanted in lead.names or wanted.lower() in lead.names)


def names_of(fold: Fold) -> Iterator[str]:
    """Every name of a lead, with and without its kind."""
    for kind, value in sorted(fold.identities):
        yield value
        yield f"{kind}:{value}"


def _names(facts: Iterable[Fact], root_of: Mapping[str, str]) -> Mapping[str, set[str]]:
    """What each person is called: an identity names the person of its own lead, whosever facts name it."""
    names = defaultdict[str, set[str]](set)
    for lead_id, root in root_of.items():
        names[root].add(lead_id)
    for kind, value in {identity for fact in facts for identity in fact.identities}:
        names[root_of[lead_id_of(Identity(kind, value))]] |= {value, f"{kind}:{value}"}
    return names


def _companies(accounts: Mapping[str, Fold]) -> dict[str, dict[str, Scalar]]:
    """The traits of each account, of those among them that go by its name; the latest of a trait counts."""
    latest: dict[str, dict[str, Any]] = {}
    for name, fold in accounts.items():
        root = name
        while root in accounts and (other := accounts[root].traits.get(ACCOUNT)):
            root = named_account(other.value)
        traits = latest.setdefault(root, {})
        for trait, told in fold.traits.items():
            if trait != ACCOUNT and (trait not in traits or traits[trait].order_key < told.order_key):
                traits[trait] = told
    return {name: {trait: told.value for trait, told in traits.items()} for name, traits in latest.items()}


def _activity(line: bytes, as_of: datetime) -> Activity:
    activity = cloudevents.activity(json_body(line))
    # Nothing is received here, so nothing is too far ahead of receipt: `as_of` alone says what is later.
    return sources.checked(activity, now=activity.occurred_at or as_of)
