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
from leadlight.state.base import Base, decode_base, encode_base

Item = dict[str, dict[str, Any]]
STATE = "state"
HISTORY = "history"
NURTURE = "nurture"
SHARDS = 16
BUCKET = 5
STAY = 5  # points that a score may be outside of its bucket
MOST_ITEM = 1020  # bytes: 1 KB is one write unit
_BYTES = ("fold", "standing", "kin")  # the attributes that grow
_FIXED = 200  # what names and short values take beside them
LEAST_APART = 16  # (signal, day) pairs that are worth a history of their own
ACCOUNT = "account"  # where the ranking index holds accounts, in a stage's place


def settled(state: LeadState, *, most: int = MOST_ITEM, least: int = LEAST_APART) -> Item:
    """The item of a state that is about to be saved; where it would grow, its history is made anew. Sets `state.base`.

    A day that comes in, and a late one, is written with the state; the history only now and then, since it is long.

    Args:
        state: what is about to be saved.
        most: bytes that the state's item may take beside it.
        least: (signal, day) pairs that are worth a history of their own.
    """
    fold = state.fold
    if not fold.signals:
        state.base = None
    item = to_item(state)
    taken = _FIXED + len(state.model) + sum(len(item[name]["B"]) for name in _BYTES if name in item)
    if taken <= most or codec.own_pairs(fold, state.base) < least:
        return item
    counts = {signal: dict(days) for signal, days in fold.signals.items()}
    state.base = Base(state.following, counts, dict(fold.past))
    return to_item(state)


def history_to_item(lead_id: str, base: Base) -> Item:
    """A lead's long history."""
    return {
        "lead_id": {"S": lead_id},
        "item": {"S": HISTORY},
        "version": {"N": str(base.version)},
        "signals": {"B": encode_base(base)},
    }


def history_from_item(item: Mapping[str, Mapping[str, Any]]) -> Base:
    """The history that an item holds."""
    return decode_base(int(item["version"]["N"]), item["signals"]["B"])


def to_item(state: LeadState) -> Item:
    """A state as its following version, beside its `base`. Ranking attributes change only with stage and bucket."""
    item: Item = {
        "lead_id": {"S": state.lead_id},
        "item": {"S": STATE},
        "version": {"N": str(state.following)},
        "fold": {"B": codec.encode(state.fold, state.base)},
        "standing": {"B": standing.encode(state.standing)},
    }
    if state.base:
        item["base"] = {"N": str(state.base.version)}
    if kin := _kin(state):
        item["kin"] = {"B": kin}
    if state.begun:
        item["begun"] = {"S": timestamp(state.begun)}
    if state.totals:
        stage = stage_of(state)
        item |= {
            "score": {"S": _totals(state.totals, state.as_of, state.model)},
            "rank_partition": {"S": partition(stage, crc32(state.lead_id.encode()) % SHARDS)},
            "rank_key": {"S": rank_key(_bucket(state.totals.score, state.rank), state.lead_id)},
        }
    if state.outbox:
        item["outbox"] = {"S": state.outbox}
    return item


def whole(item: Mapping[str, Any], history: Mapping[str, Any] | None) -> LeadState | None:
    """The state of an item, with its history where it needs one; None where the two do not go together."""
    version = needs(item)
    if not version:
        return from_item(item)
    if history is None or history["lead_id"] != item["lead_id"] or history["version"]["N"] != str(version):
        return None
    return from_item(item, history_from_item(history))


def _totals(totals: Totals, as_of: int, model: str) -> str:
    """A score in a line: `87 A decision 20778 b2b-saas@2`, and `suppressed` where it is."""
    words = (str(totals.score), totals.grade, totals.buying_stage, str(as_of), model, "suppressed" * totals.suppressed)
    return " ".join(filter(None, words))


def _totals_of(item: Mapping[str, Mapping[str, Any]]) -> tuple[Totals | None, int, str]:
    """The score that an item holds, the day that it is for, and the model that it is by."""
    if "score" not in item:
        return None, -1, ""
    if "N" in item["score"]:  # as items were written before they were short
        buying = BuyingStage(item["buying_stage"]["S"])
        score = int(item["score"]["N"])
        return Totals(score, item["grade"]["S"], buying, "suppressed" in item), int(item["as_of"]["N"]), ""
    score, grade, buying_stage, as_of, *more = item["score"]["S"].split(" ")
    totals = Totals(int(score), grade, BuyingStage(buying_stage), "suppressed" in more)
    return totals, int(as_of), next((word for word in more if "@" in word), "")


def _kin(state: LeadState) -> bytes:
    return b"" if state.kin == Kin() else msgspec.msgpack.encode(state.kin, order="deterministic")


def needs(item: Mapping[str, Mapping[str, Any]]) -> int:
    """The version of the history that a state's item needs beside it; 0: none."""
    return int(item["base"]["N"]) if "base" in item else 0


def from_item(item: Mapping[str, Mapping[str, Any]], base: Base | None = None) -> LeadState:
    """The state that an item holds, with the history that it needs.

    Raises:
        ValueError: the history is not the one that goes with it.
    """
    totals, as_of, model = _totals_of(item)
    return LeadState(
        lead_id=item["lead_id"]["S"],
        version=int(item["version"]["N"]),
        fold=codec.decode(item["fold"]["B"], base),
        standing=standing.decode(item["standing"]["B"]),
        totals=totals,
        as_of=as_of,
        model=model,
        outbox=item.get("outbox", {}).get("S", ""),
        kin=msgspec.msgpack.decode(item["kin"]["B"], type=Kin) if "kin" in item else Kin(),
        begun=datetime.fromisoformat(item["begun"]["S"]) if "begun" in item else None,
        base=base,
        rank=rank_of(item["rank_key"]["S"])[0] if "rank_key" in item else None,
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


def _bucket(score: int, held: int | None) -> int:
    """The score that a lead is ranked by: near the edge of its bucket it stays there, since a move costs two writes."""
    near = held is not None and held - STAY <= score < held + BUCKET + STAY
    return held if near and held is not None else score


def bucket_of(state: LeadState) -> int | None:
    """The bucket of scores that the ranking is to have a lead in; None where it has no score."""
    return _bucket(state.totals.score, state.rank) // BUCKET * BUCKET if state.totals else None


def rank_key(score: int, lead_id: str) -> str:
    """A lead's place in the ranking index, by buckets of five points: `085#ld_...` for 87."""
    return f"{score // BUCKET * BUCKET:03d}#{lead_id}"


def rank_of(key: str) -> tuple[int, str]:
    """The bucket and the lead of a rank key."""
    bucket, _, lead_id = key.partition("#")
    return int(bucket), lead_id
