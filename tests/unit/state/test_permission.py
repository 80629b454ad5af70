"""Consent and do-not-contact are facts: each holds from its moment on, in whatever order they came."""

from datetime import timedelta
from itertools import permutations
from random import Random

import msgspec
import pytest

from leadlight.activity.order_key import milliseconds
from leadlight.state import Fold, codec
from leadlight.state.permission import Permission, contactable, in_force, kept
from tests.unit.builders import NOW, fact


def fold_of(*said: tuple[str, float]) -> Fold:
    """A lead of whom this was said, so many hours ago."""
    fold = Fold()
    for number, (kind, hours) in enumerate(said):
        fold.register(fact(kind, name=f"p-{number}", days_ago=hours / 24, source="crm"))
    return fold


def may_be_written_to(fold: Fold, *, hours_ahead: float = 0) -> bool:
    return contactable(fold.permissions, milliseconds(NOW + timedelta(hours=hours_ahead)))


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ([], True),
        ([("consent_withdrawn", 2)], False),
        ([("unsubscribed", 2), ("consent_given", 1)], True),
        ([("do_not_contact", 2)], False),
        ([("do_not_contact", 2), ("consent_given", 1)], False),
        ([("do_not_contact", 2), ("contact_allowed", 1)], True),
        ([("do_not_contact", 2), ("contact_allowed", 1), ("consent_withdrawn", 3)], False),
    ],
)
def test_a_bar_holds_until_it_is_lifted_and_consent_lifts_none(said, allowed):
    """Whoever came last on its own matter decides; both matters must allow it; the order of arrival says nothing."""
    for order in permutations(said):
        assert may_be_written_to(fold_of(*order)) is allowed


def test_a_saying_holds_from_its_moment_on():
    """It may be stored up to a day before that; until then what was said before holds."""
    fold = fold_of(("consent_withdrawn", 48), ("consent_given", -20), ("do_not_contact", -22))
    assert [may_be_written_to(fold, hours_ahead=hours) for hours in (0, 19, 21, 23)] == [False, False, True, False]


def test_it_survives_being_stored():
    """With its moment and its source."""
    fold = fold_of(("consent_withdrawn", 48), ("consent_given", -20), ("do_not_contact", 1))
    stored = codec.decode(codec.encode(fold))
    assert stored.permissions == fold.permissions
    [bar] = stored.permissions["contact"]
    assert (bar.type, bar.source, bar.since) == ("do_not_contact", "crm", milliseconds(NOW - timedelta(hours=1)))


@pytest.mark.parametrize("given", [True, False])
def test_consent_that_was_stored_before_there_were_permissions_is_read(given):
    """As it was meant, without a source."""
    *head, rest = msgspec.msgpack.decode(codec.encode(Fold()))[:6]
    old = msgspec.msgpack.decode(msgspec.msgpack.encode(rest))[:11]
    key = fact(days_ago=3).order_key
    old[8] = (key, given)
    fold = codec.decode(msgspec.msgpack.encode([*head, old]))
    assert fold.permissions == {"consent": (Permission(key, "consent_given" if given else "consent_withdrawn", ""),)}
    assert may_be_written_to(fold) is given


def test_what_is_dropped_changes_nothing_in_any_order():
    """Of thousands of sayings some are kept, the same ones however they came, and none that is needed is missing."""
    random = Random(5)
    said = [
        Permission((milliseconds(NOW) - random.randrange(200_000_000)).to_bytes(6, "big") + bytes([n] * 8), kind, "x")
        for n, kind in enumerate(random.choice(("consent_given", "consent_withdrawn")) for _ in range(200))
    ]
    whole = kept(said)
    for _ in range(20):
        random.shuffle(said)
        found: tuple[Permission, ...] = ()
        for each in said:
            found = kept((*found, each))
        assert found == whole
    newest = max(each.since for each in said)
    for back in range(0, 24 * 3_600_000, 600_000):
        moment = (newest - back) // 60_000 * 60_000 - 1  # the last of a minute stands for all of it
        assert in_force(whole, moment) == in_force(tuple(sorted(said)), moment)
    assert len(whole) < len(said)
