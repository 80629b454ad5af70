"""Identities point to a lead; the strongest one of a payload names it."""

import base64
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

EMAIL = "email"
ANONYMOUS = "anonymous"
USER = "user"


class Identity(NamedTuple):
    """One name that a tool has for a lead.

    `kind` is `email`, `anonymous`, `user` (the product's own user id) or a tool's name (`hubspot`).
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


def strength(identity: Identity) -> tuple[int, Identity]:
    """Sorts identities strongest first: email, then a tool's own id, then anonymous."""
    rank = {EMAIL: 0, USER: 1, ANONYMOUS: 3}.get(identity.kind, 2)
    return rank, identity


def strongest(identities: Iterable[Identity]) -> Identity | None:
    """The identity that names the lead, whatever order they came in; None where there is none."""
    return min(identities, key=strength, default=None)


def lead_id_of(identity: Identity) -> str:
    """The lead that an identity names: a pure function, so any function can work it out without a look-up."""
    digest = hashlib.blake2b(f"{identity.kind}:{identity.value}".encode(), digest_size=10).digest()
    return "ld_" + base64.b32encode(digest).decode().lower()
