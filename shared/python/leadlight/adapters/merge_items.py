"""Links, members and pokes as items of the activities table, and back. The simulation uses them too."""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from leadlight.activity import Identity
from leadlight.merge import Link, Member

Item = dict[str, dict[str, Any]]
LINK, MERGE, POKE = "link", "merge", "poke"


def link_to_item(link: Link) -> Item:
    """A link, under its weaker lead. `version` is the condition of a put."""
    return {
        "lead_id": {"S": link.lead_id},
        "key": {"S": f"{LINK}#{link.issuer}#{link.target_id}"},
        "body": {"S": msgspec.json.encode([link.holder, link.target]).decode()},
        "joined": {"BOOL": link.joined},
        "version": {"N": str(link.version)},
    }


def link_from_item(item: Mapping[str, Mapping[str, Any]]) -> Link:
    """The link that an item holds."""
    holder, target = msgspec.json.decode(item["body"]["S"], type=list[tuple[str, str]])
    _, issuer, _ = item["key"]["S"].split("#")
    joined, version = bool(item["joined"]["BOOL"]), int(item["version"]["N"])
    return Link(item["lead_id"]["S"], Identity(*holder), Identity(*target), issuer, joined, version)


def member_to_item(member: Member) -> Item:
    """A member, under its root. `version` is its epoch, the condition of a put."""
    body = (member.identity, base64.b64encode(member.standing).decode())
    return {
        "lead_id": {"S": member.root},
        "key": {"S": member_key(member.lead_id)},
        "body": {"S": msgspec.json.encode(body).decode()},
        "version": {"N": str(member.epoch)},
    }


def member_from_item(item: Mapping[str, Mapping[str, Any]]) -> Member:
    """The member that an item holds."""
    identity, standing = msgspec.json.decode(item["body"]["S"], type=tuple[tuple[str, str], str])
    lead_id = item["key"]["S"].partition("#")[2]
    epoch = int(item["version"]["N"])
    return Member(item["lead_id"]["S"], lead_id, Identity(*identity), epoch, base64.b64decode(standing))


def member_key(lead_id: str) -> str:
    """The sort key of a member under its root."""
    return f"{MERGE}#{lead_id}"


def poke_to_item(lead_id: str, *, by: str, mark: str) -> Item:
    """A poke: a new `mark` makes the lead look again at where it belongs."""
    return {"lead_id": {"S": lead_id}, "key": {"S": f"{POKE}#{by}"}, "mark": {"S": mark}}
