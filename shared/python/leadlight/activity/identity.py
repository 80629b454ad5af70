"""Identities point to a lead; the strongest one of a payload names it. Companies have identities of their own."""

import base64
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

EMAIL = "email"
ANONYMOUS = "anonymous"
USER = "user"
DOMAIN = "domain"
GROUP = "group"
ACCOUNT = "account"
_RANKS = {EMAIL: 0, DOMAIN: 0, USER: 1, ANONYMOUS: 3}
_TOOL = 2


class Identity(NamedTuple):
    """One name that a tool has for a lead, or for an account.

    `kind` is `email`, `anonymous`, `user` (the product's own user id) or a tool's name (`hubspot`); of an account it is
    `domain`, `group` (the product's own id of a company), `account` or a tool's name.
    """

    kind: str
    value: str


def email(value: str) -> Identity | None:
    """An email identity, normalized (trimmed, lower case), or None where it is not an address."""
    address = value.strip().lower()
    local, at, domain = address.rpartition("@")
    if not (local and at and "." in domain) or any(character.isspace() for character in address):
        return None
    return Identity(EMAIL, address)


def without_tag(identity: Identity) -> Identity:
    """An address without its plus tag: `ada+news@acme.com` is `ada@acme.com`; any other identity as it is."""
    local, _, domain = identity.value.rpartition("@")
    plain, plus, _ = local.partition("+")
    return Identity(EMAIL, f"{plain}@{domain}") if identity.kind == EMAIL and plus and plain else identity


def domain(value: str) -> Identity | None:
    """A company's domain from a domain, a URL or an address (`https://www.acme.com/about` is `acme.com`), or None."""
    host = value.strip().lower().rpartition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    name = host.removeprefix("www.").strip(".")
    if "." not in name or any(character.isspace() for character in name):
        return None
    return Identity(DOMAIN, name)


def strength(identity: Identity) -> tuple[int, str]:
    """Sorts identities strongest first: email, user id, a tool's own id, anonymous; then by the lead's id.

    It is a total order, so that of any leads that are one person all agree which one stays.
    """
    return _RANKS.get(identity.kind, _TOOL), lead_id_of(identity)


def strongest(identities: Iterable[Identity]) -> Identity | None:
    """The identity that names the lead, whatever order they came in; None where there is none."""
    found = list(identities)
    first = min((_RANKS.get(kind, _TOOL) for kind, _ in found), default=None)
    named = [each for each in found if _RANKS.get(each.kind, _TOOL) == first]
    return min(named, key=lead_id_of) if len(named) > 1 else next(iter(named), None)


def lead_id_of(identity: Identity) -> str:
    """The lead that an identity names: a pure function, so any function can work it out without a look-up."""
    return "ld_" + _name(identity)


def account_id_of(identity: Identity) -> str:
    """The account that an identity names, in the same way."""
    return "ac_" + _name(identity)


def is_account(lead_id: str) -> bool:
    """Whether the id is an account's: accounts stand beside the leads in every table."""
    return lead_id.startswith("ac_")


@lru_cache(maxsize=4096)  # the same few of a batch, again and again
def _name(identity: Identity) -> str:
    digest = hashlib.blake2b(f"{identity.kind}:{identity.value}".encode(), digest_size=10).digest()
    return base64.b32encode(digest).decode().lower()
