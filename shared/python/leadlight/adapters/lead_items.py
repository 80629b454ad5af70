"""Lead states as items of the leads table, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zlib import crc32

import msgspec

from leadlight.activity import is_account
from leadlight.activity.order_key import timestamp
from leadlight.lifecycle import standing
from leadlight.lifecycle.decide import deal_stage
from leadlight.merge import Kin
from leadlight.model.structs import BuyingStage
from leadlight.nurture import NurtureState
from leadlight.scoring import Totals
from leadlight.state import LeadState, codec

Item = dict[str, dict[str, Any]]
STATE = "state"
NURTURE = "nurture"
SHARDS = 16
BUCKET = 5
ACCOUNT = "account"  # where the ranking index holds accounts, in a stage's place


def to_item(state: LeadState) -> Item:
    """A state as the version after its own. The ranking attributes change only with stage and bucket."""
    item: Item = {
        "lead_id": {"S": state.lead_id},
        "item": {"S": STATE},
        "version": {"N": str(state.version + 1)},
        "fold": {"B": codec.encode(state.fold)},
        "standing": {"B": standing.encode(state.standing)},
    }
    if state.kin != Kin():
        item["kin"] = {"B": msgspec.msgpack.encode(state.kin, order="deterministic")}
    if state.begun:
        item["begun"] = {"S": timestamp(state.begun)}
    if state.totals:
        stage = stage_of(state)
        item |= {
            "score": {"N": str(state.totals.score)},
            "grade": {"S": state.totals.grade},
            "buying_stage": {"S": state.totals.buying_stage},
            "as_of": {"N": str(state.as_of)},
            "rank_partition": {"S": partition(stage, crc32(state.lead_id.encode()) % SHARDS)},
            "rank_key": {"S": rank_key(state.totals.score, state.lead_id)},
        }
        if state.totals.suppressed:
            item["suppressed"] = {"BOOL": True}
    if state.outbox:
        item["outbox"] = {"S": state.outbox}
    return item


def from_item(item: Mapping[str, Mapping[str, Any]]) -> LeadState:
    """The state that an item (or a stream record's image) holds."""
    totals = None
    if "score" in item:
        buying = BuyingStage(item["buying_stage"]["S"])
        totals = Totals(int(item["score"]["N"]), item["grade"]["S"], buying, "suppressed" in item)
    return LeadState(
        lead_id=item["lead_id"]["S"],
        version=int(item["version"]["N"]),
        fold=codec.decode(item["fold"]["B"]),
        standing=standing.decode(item["standing"]["B"]),
        totals=totals,
        as_of=int(item["as_of"]["N"]) if "as_of" in item else -1,
        outbox=item.get("outbox", {}).get("S", ""),
        kin=msgspec.msgpack.decode(item["kin"]["B"], type=Kin) if "kin" in item else Kin(),
        begun=datetime.fromisoformat(item["begun"]["S"]) if "begun" in item else None,
    )


def nurture_to_item(state: NurtureState) -> Item:
    """Enrollments as the version after their own."""
    item: Item = {
        "lead_id": {"S": state.lead_id},
        "item": {"S": NURTURE},
        "version": {"N": str(state.version + 1)},
        "body": {"S": msgspec.json.encode(msgspec.structs.replace(state, outbox="")).decode()},
    }
    if state.outbox:
        item["outbox"] = {"S": state.outbox}
    return item


def nurture_from_item(item: Mapping[str, Mapping[str, Any]]) -> NurtureState:
    """The enrollments that an item holds."""
    state = msgspec.json.decode(item["body"]["S"], type=NurtureState)
    outbox = item.get("outbox", {}).get("S", "")
    return msgspec.structs.replace(state, version=int(item["version"]["N"]), outbox=outbox)


def stage_of(state: LeadState) -> str:
    """The lifecycle stage to show: deals are facts and speak first, then the decisions. Accounts stand apart."""
    if is_account(state.lead_id):
        return ACCOUNT
    return deal_stage(state.fold) or state.standing.stage


def partition(stage: str, shard: int) -> str:
    """A partition of the ranking index."""
    return f"{stage}#{shard:02d}"


def rank_key(score: int, lead_id: str) -> str:
    """A lead's place in the ranking index, by buckets of five points: `085#ld_...` for 87."""
    return f"{score // BUCKET * BUCKET:03d}#{lead_id}"


def rank_of(key: str) -> tuple[int, str]:
    """The bucket and the lead of a rank key."""
    bucket, _, lead_id = key.partition("#")
    return int(bucket), lead_id
