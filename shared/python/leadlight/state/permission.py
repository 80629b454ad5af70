"""Whether a lead may be written to: what it, or a team, said of that, and since when each saying is in force.

A fact is in force from the moment that it says, which may be up to a day ahead of its receipt. So the latest one alone
is not enough: until its moment comes, the one before it holds.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from leadlight.activity.order_key import milliseconds_of

CONSENT, CONTACT = "consent", "contact"
SAYINGS: Mapping[str, tuple[str, bool]] = {  # by type: what it is about, and whether it allows
    "consent_given": (CONSENT, True),
    "consent_withdrawn": (CONSENT, False),
    "unsubscribed": (CONSENT, False),
    "contact_allowed": (CONTACT, True),
    "do_not_contact": (CONTACT, False),
}
_MINUTE = 60_000
_AHEAD = 25 * 60  # minutes: 24 hours that a fact may be ahead, and one for the clocks


class Permission(NamedTuple):
    """One saying: the fact's order key (its moment comes first), its type, and who said so."""

    order_key: bytes
    type: str
    source: str

    @property
    def since(self) -> int:
        """From when it is in force, in milliseconds since 1970."""
        return milliseconds_of(self.order_key)

    @property
    def allows(self) -> bool:
        """Whether the lead may be written to by this."""
        return SAYINGS[self.type][1]


Permissions = tuple[Permission, ...]  # about one thing, oldest first


def kept(permissions: Iterable[Permission]) -> Permissions:
    """What has to be kept: the sayings that may not be in force yet, and of those before the last alone.

    Of one minute the last is kept. Whatever is dropped has a later one beside it that stays, so it does not matter
    in which order facts come.
    """
    last_of_minute = {each.since // _MINUTE: each for each in sorted(permissions)}
    newest = max(last_of_minute, default=0)
    settled = [minute for minute in last_of_minute if minute <= newest - _AHEAD]
    for minute in sorted(settled)[:-1]:
        del last_of_minute[minute]
    return tuple(last_of_minute[minute] for minute in sorted(last_of_minute))


def of_consent(consent: tuple[bytes, bool] | None) -> dict[str, Permissions]:
    """What items say that were stored before there were permissions: an order key, and whether consent was given."""
    if consent is None:
        return {}
    key, given = consent
    return {CONSENT: (Permission(key, "consent_given" if given else "consent_withdrawn", ""),)}


def in_force(permissions: Permissions, now: int) -> Permission | None:
    """The saying that holds at a moment (milliseconds since 1970); None where nothing was said until then."""
    return next((each for each in reversed(permissions) if each.since <= now), None)


def contactable(permissions: Mapping[str, Permissions], now: int) -> bool:
    """Whether the lead may be written to at a moment.

    Nobody barred it, and it never withdrew its consent, or gave it again since: consent does not lift a bar.
    """
    held = (in_force(permissions.get(about, ()), now) for about in (CONTACT, CONSENT))
    return all(each is None or each.allows for each in held)
