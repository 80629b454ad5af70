"""What ties accounts and leads together, as items of the activities table, and back. The simulation uses them too."""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadlight.activity import Scalar
from leadlight.ports import Membership, Round
from leadlight.state.company import Told
from leadlight.state.fold import Company

Item = dict[str, dict[str, Any]]
MEMBER, ROUND, COMPANY = "member", "round", "company"


def membership_to_item(membership: Membership) -> Item:
    """A lead, under its account. `version` is the condition of a put."""
    return {
        "lead_id": {"S": membership.account_id},
        "key": {"S": member_key(membership.lead_id)},
        "version": {"N": str(membership.version)},
        "score": {"N": str(membership.score)},
    }


def membership_from_item(item: Mapping[str, Mapping[str, Any]]) -> Membership:
    """The membership that an item holds."""
    return Membership(
        item["lead_id"]["S"],
        item["key"]["S"].partition("#")[2],
        int(item["version"]["N"]),
        int(item["score"]["N"]),
    )


def member_key(lead_id: str) -> str:
    """The sort key of a lead under its account; it sorts after those of all leads whose ids are smaller."""
    return f"{MEMBER}#{lead_id}"


def round_to_item(given: Round) -> Item:
    """How far an account has come with telling its leads."""
    item: Item = {
        "lead_id": {"S": given.account_id},
        "key": {"S": f"{ROUND}#"},
        "version": {"N": str(given.version)},
        "after": {"S": given.after},
    }
    if given.backfill:
        item["backfill"] = {"BOOL": True}
    return item


def round_from_item(item: Mapping[str, Mapping[str, Any]]) -> Round:
    """The round that an item holds."""
    return Round(item["lead_id"]["S"], int(item["version"]["N"]), item["after"]["S"], "backfill" in item)


def told_to_item(lead_id: str, told: Told) -> Item:
    """What an account tells a lead, under the lead."""
    item: Item = {
        "lead_id": {"S": lead_id},
        "key": {"S": company_key(told.account_id)},
        "version": {"N": str(told.company.version)},
        "asked": {"N": str(told.company.asked)},
        "body": {"S": msgspec.json.encode(told.company.traits, order="deterministic").decode()},
    }
    if told.backfill:
        item["backfill"] = {"BOOL": True}
    return item


def told_from_item(item: Mapping[str, Mapping[str, Any]]) -> Told:
    """What an account told a lead."""
    traits = msgspec.json.decode(item["body"]["S"], type=dict[str, Scalar])
    company = Company(int(item["version"]["N"]), int(item["asked"]["N"]), traits)
    return Told(item["key"]["S"].partition("#")[2], company, "backfill" in item)


def company_key(account_id: str) -> str:
    """The sort key of what an account told, under a lead."""
    return f"{COMPANY}#{account_id}"
