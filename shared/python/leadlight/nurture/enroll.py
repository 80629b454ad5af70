"""Who is in which campaign. Pure, and safe against events that come twice or overtake each other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from leadlight.activity.order_key import timestamp
from leadlight.lifecycle.decision import Decision, Kind, decode, encode
from leadlight.model.structs import Campaign


class Enrollment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lead's place in a campaign. `exited_at` is empty while it is in."""

    enrolled_at: str
    exited_at: str = ""
    cause: str = ""


class NurtureState(msgspec.Struct, frozen=True):
    """One lead's enrollments by campaign. `seen` is the seq of the newest decision that was followed.

    `outbox` holds the decisions that are not published yet, as JSON.
    """

    lead_id: str
    version: int = 0
    seen: int = 0
    seq: int = 0
    enrollments: Mapping[str, Enrollment] = msgspec.field(default_factory=dict)
    outbox: str = ""


def enroll(state: NurtureState, news: Decision, campaigns: tuple[Campaign, ...], *, now: datetime) -> NurtureState:
    """The enrollments after a decision about the lead, with what was decided in the outbox.

    A decision no newer than the last one followed changes nothing: each carries the whole picture, so the
    newest alone counts. A lead enters a campaign once; who left does not come back by itself. `campaigns` are
    those of the model that decided: a lead leaves what no longer is among them.
    """
    if news.seq <= state.seen:
        return state
    if news.kind == "merged":  # the lead that it is now goes on with them
        return msgspec.structs.replace(state, seen=news.seq)
    return _settled(state, news, campaigns, now=now, enters=True)


def _settled(
    state: NurtureState, news: Decision, campaigns: tuple[Campaign, ...], *, now: datetime, enters: bool
) -> NurtureState:
    enrollments = dict(state.enrollments)
    decisions: list[Decision] = []
    last = state.seq or news.seq  # a lead that was forgotten and came back numbers on, as its other decisions do

    def decided(kind: Kind, campaign: str, cause: str) -> None:
        seq = last + len(decisions) + 1
        changes: dict[str, Any] = {"before": None, "after": None, "hand_off": None, "due_at": None, "other": None}
        decisions.append(
            msgspec.structs.replace(
                news,
                seq=seq,
                kind=kind,
                cause=cause,
                campaign=campaign,
                decided_at=timestamp(now),
                **changes,
            )
        )

    wanted = {campaign.id for campaign in campaigns if _reachable(news) and belongs(news, campaign)}
    for name in dict.fromkeys([*(campaign.id for campaign in campaigns), *sorted(enrollments)]):
        place = enrollments.get(name)
        if name in wanted and place is None and enters:
            enrollments[name] = Enrollment(enrolled_at=timestamp(now))
            decided("enrolled", name, f"segment_of_{name}")
        elif place and not place.exited_at and name not in wanted:
            cause = _exit_cause(news, name)
            enrollments[name] = msgspec.structs.replace(place, exited_at=timestamp(now), cause=cause)
            decided("exited", name, cause)
    return msgspec.structs.replace(
        state,
        seen=max(state.seen, news.seq) if enters else state.seen,
        seq=last + len(decisions) if decisions else state.seq,
        enrollments=enrollments,
        outbox=encode(decode(state.outbox) + decisions),
    )


def adopt(
    state: NurtureState, other: NurtureState, news: Decision, campaigns: tuple[Campaign, ...], *, now: datetime
) -> NurtureState:
    """The enrollments of a lead that another was merged into: nobody starts over in a campaign.

    What the lead does not belong in by `news`, how it stands by now, it leaves at once.
    """
    joined = {**other.enrollments, **state.enrollments}
    for name in other.enrollments.keys() & state.enrollments.keys():
        both = (other.enrollments[name], state.enrollments[name])
        if not any(place.exited_at for place in both):
            joined[name] = min(both, key=lambda place: place.enrolled_at)
    if joined == state.enrollments:
        return state
    adopted = msgspec.structs.replace(state, enrollments=joined)
    return _settled(adopted, news, campaigns, now=now, enters=False)


def belongs(news: Decision, campaign: Campaign) -> bool:
    """Whether a lead is in the segment of a campaign."""
    segment = campaign.segment
    in_band = segment.score_at_least <= news.score < segment.score_below
    at_stage = news.stage in segment.stages and news.buying_stage in segment.buying_stages
    return in_band and at_stage and news.grade in segment.grades


def _reachable(news: Decision) -> bool:
    return news.contactable and not news.suppressed


def _exit_cause(news: Decision, campaign: str) -> str:
    if not news.contactable:
        return "not_contactable"
    return "suppressed" if news.suppressed else f"left_segment_of_{campaign}"
