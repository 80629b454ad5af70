"""The real code with one mechanism taken away, beside those of mutate.py."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from pytest import MonkeyPatch  # noqa: PT013 - a type

from leadlight.activity import Fact
from leadlight.nurture import NurtureState, enroll
from leadlight.runtime import merging, news, nurture, rescore
from leadlight.state import Change, Fold

# The package exports a function of the module's name.
folding = sys.modules["leadlight.state.apply"]


def recount_of_what_was_applied(patch: MonkeyPatch) -> None:
    """A recount takes all that is stored, also what the stream still brings."""

    def recount(fold: Fold, day: int, facts: Iterable[Fact], reading: Any) -> None:
        fold.clear(day)
        for fact in facts:
            folding._take(fold, fact, day, reading)

    patch.setattr(folding, "_recount", recount)


def second_reading_of_what_was_rewritten(patch: MonkeyPatch) -> None:
    """A MODIFY record is taken for an INSERT."""
    read = news._entries

    def entries(record: Any) -> Any:
        for entry in read(record):
            yield Change(entry.fact) if isinstance(entry, Change) else entry

    patch.setattr(news, "_entries", entries)


def report_of_failures(patch: MonkeyPatch) -> None:
    """A batch says that all went well."""
    patch.setattr(rescore, "partial_failure", lambda *_: {"batchItemFailures": []})


def newest_decision(patch: MonkeyPatch) -> None:
    """Nurture follows decisions in the order that they come in."""

    def follow(state: NurtureState, decision: Any, campaigns: Any, **more: Any) -> NurtureState:
        return enroll(msgspec.structs.replace(state, seen=0), decision, campaigns, **more)

    patch.setattr(nurture, "enroll", follow)


def lanes(patch: MonkeyPatch) -> None:
    """A recount takes imported facts for live ones."""

    def recount(fold: Fold, day: int, facts: Iterable[Fact], reading: Any) -> None:
        fold.clear(day)
        for fact in facts:
            if fact.order_key <= fold.live.floor or fold.live.holds(fact.order_key):
                folding._take(fold, fact, day, reading)

    patch.setattr(folding, "_recount", recount)


def forwarding(patch: MonkeyPatch) -> None:
    """What still arrives for a merged lead stays there."""
    patch.setattr(merging, "forward", lambda *_: None)


def membership(patch: MonkeyPatch) -> None:
    """A copy counts, whether its owner is merged here or not."""

    def in_force(told: news.News, _members: Any) -> news.News:
        kept = [each for each in told.entries if not (isinstance(each, news.Gone) and each.fact.owner)]
        return news.News(told.lead_id, told.records, kept)

    patch.setattr(merging, "in_force", in_force)


def pokes(patch: MonkeyPatch) -> None:
    """Those that came with a member stay when it leaves."""
    patch.setattr(merging, "_poke_members", lambda *_, **__: None)


def links_of_links(patch: MonkeyPatch) -> None:
    """A lead that is linked to two others keeps it to itself."""
    patch.setattr(merging, "_derived", lambda _: [])


def rebuild_of_what_was_left(patch: MonkeyPatch) -> None:
    """A root keeps the counts of a member that leaves."""
    patch.setattr(rescore, "rebuild", lambda *_: None)


def second_look(patch: MonkeyPatch) -> None:
    """A burst counts as far as it came before the guard saw one."""
    glance = folding.glance

    def once(*of: Any, **more: Any) -> Any:
        found = glance(*of, **more)
        return None if found is folding.LOOK else found

    patch.setattr(folding, "glance", once)


def look_back_at_what_was_said(patch: MonkeyPatch) -> None:
    """What a person says of activities is true of those that are still to come."""
    patch.setattr(folding, "_days_judged", lambda *_: set())


MUTATIONS: Mapping[str, tuple[Any, str]] = {
    "recount of what was applied": (recount_of_what_was_applied, "counts"),
    "second reading of what was rewritten": (second_reading_of_what_was_rewritten, "counts"),
    "report of failures": (report_of_failures, "counts"),
    "newest decision": (newest_decision, "nurture"),
    "lanes": (lanes, "counts"),
    "second look": (second_look, "counts"),
    "look back at what was said": (look_back_at_what_was_said, "counts"),
    "forwarding": (forwarding, "counts"),
    "membership": (membership, "counts"),
    "pokes": (pokes, "merges"),
    "links of links": (links_of_links, "merges"),
    "rebuild of what was left": (rebuild_of_what_was_left, "counts"),
}
