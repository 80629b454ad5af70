"""Traits over time: the latest value of each, its changes within the history depth, and what follows from them."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from leadlight.activity import Scalar
from leadlight.activity.order_key import day_of, last_of_day
from leadlight.model.job_title import department, seniority
from leadlight.scoring.memo import Memo


class Trait(NamedTuple):
    """A trait's value, and the order key of the fact that said so."""

    value: Scalar
    order_key: bytes


Changes = tuple[Trait, ...]  # oldest first


def compact(changes: Iterable[Trait], horizon: int) -> Changes:
    """What has to be kept of a trait's changes: the last of each day; of the days up to the horizon, the last alone.

    Whatever is dropped has a later change beside it that stays, so it does not matter when this is done.
    """
    ordered = sorted(changes, key=lambda change: change.order_key)
    days = groupby(ordered, key=lambda change: max(horizon, day_of(change.order_key)))
    return tuple(list(of_day)[-1] for _, of_day in days)


def values_at(traits: Mapping[str, Trait], past: Mapping[str, Changes], as_of: int) -> dict[str, Scalar]:
    """The values at the end of a day, without those of which nothing was known yet."""
    end, known = last_of_day(as_of), {}
    for name, (value, order_key) in traits.items():
        if order_key <= end:
            known[name] = value
        elif earlier := [change.value for change in past.get(name, ()) if change.order_key <= end]:
            known[name] = earlier[-1]
    return known


def derived(known: dict[str, Scalar], domain: str) -> dict[str, Scalar]:
    """Adds what follows from other traits and the lead's address, unless it was said itself.

    `email_domain`, and from the job title `seniority` and `department`.
    """
    if domain and "email_domain" not in known:
        known["email_domain"] = domain
    if title := known.get("job_title"):
        for name, value in _from_title[str(title)]:
            known.setdefault(name, value)
    return known


def _of_title(title: str) -> tuple[tuple[str, str], ...]:
    found = (("seniority", seniority(title)), ("department", department(title)))
    return tuple((name, value) for name, value in found if value)


_from_title = Memo[str, tuple[tuple[str, str], ...]](_of_title)
