"""The real code with one mechanism of design section 4 taken away."""

import sys
from bisect import insort
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from pytest import MonkeyPatch  # noqa: PT013 - a type

from leadlight.activity import Fact
from leadlight.events import event_of
from leadlight.lifecycle.decision import decode
from leadlight.nurture import NurtureState, enroll
from leadlight.ports import Ports
from leadlight.runtime import nurture, rescore
from leadlight.state import RING, Change, Fold, LeadState

# The package exports a function of the module's name.
folding = sys.modules["leadlight.state.apply"]


def floor(patch: MonkeyPatch) -> None:
    """Evicted keys are forgotten."""

    def enter(fold: Fold, key: bytes) -> None:
        insort(fold.ring, key)
        del fold.ring[: max(0, len(fold.ring) - RING)]

    patch.setattr(folding, "_enter", enter)


def recount(patch: MonkeyPatch) -> None:
    """Late facts are let go."""
    patch.setattr(folding, "_recount", lambda *_: None)


def recount_of_what_was_applied(patch: MonkeyPatch) -> None:
    """A recount takes all that is stored, also what the stream still brings."""

    def recount(fold: Fold, day: int, facts: Iterable[Fact], signals_of: Any) -> None:
        fold.clear(day)
        for fact in facts:
            folding._take(fold, fact, day, signals_of)

    patch.setattr(folding, "_recount", recount)


def ring_of_the_highest(patch: MonkeyPatch) -> None:
    """The ring holds the last keys to arrive."""

    def enter(fold: Fold, key: bytes) -> None:
        fold.ring.append(key)
        if len(fold.ring) > RING:
            fold.floor = max(fold.floor, fold.ring.pop(0))

    patch.setattr(folding, "_enter", enter)
    patch.setattr(folding, "_in_ring", lambda fold, key: key in fold.ring)


def second_reading_of_what_was_rewritten(patch: MonkeyPatch) -> None:
    """A MODIFY record is taken for an INSERT."""
    patch.setattr(rescore, "Change", lambda fact, **_: Change(fact))


def outbox(patch: MonkeyPatch) -> None:
    """Decisions are published, then saved."""
    saved = rescore.concluded

    def concluded(state: LeadState, ports: Ports, *, announce: bool) -> LeadState:
        found = saved(state, ports, announce=announce)
        ports.bus.put([event_of(decision) for decision in decode(found.outbox)])
        return found

    patch.setattr(rescore, "concluded", concluded)


def report_of_failures(patch: MonkeyPatch) -> None:
    """A batch says that all went well."""
    patch.setattr(rescore, "partial_failure", lambda *_: {"batchItemFailures": []})


def newest_decision(patch: MonkeyPatch) -> None:
    """Nurture follows decisions in the order that they come in."""

    def follow(state: NurtureState, news: Any, campaigns: Any, **more: Any) -> NurtureState:
        return enroll(msgspec.structs.replace(state, seen=0), news, campaigns, **more)

    patch.setattr(nurture, "enroll", follow)


MUTATIONS: Mapping[str, tuple[Any, str]] = {
    "floor": (floor, "counts"),
    "recount": (recount, "counts"),
    "recount of what was applied": (recount_of_what_was_applied, "counts"),
    "ring of the highest": (ring_of_the_highest, "folds"),
    "second reading of what was rewritten": (second_reading_of_what_was_rewritten, "counts"),
    "outbox": (outbox, "events"),
    "report of failures": (report_of_failures, "counts"),
    "newest decision": (newest_decision, "nurture"),
}
