"""Facts: the stored inputs, immutable. An activity becomes one to three of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leadlight.activity.activity import Activity, Scalar
from leadlight.activity.identity import Identity, lead_id_of, strongest
from leadlight.activity.order_key import fact_hash, hash_text, order_key, timestamp


class Kind(StrEnum):
    """What a fact is about. Activities are counted; the others are registers, where the latest one wins."""

    ACTIVITY = "activity"
    TRAITS = "traits"
    CONSENT = "consent"
    DEAL = "deal"
    SALES = "sales"


RESERVED_TYPES: Mapping[str, Kind] = {
    "lead_identified": Kind.TRAITS,
    "consent_given": Kind.CONSENT,
    "consent_withdrawn": Kind.CONSENT,
    "deal_opened": Kind.DEAL,
    "deal_won": Kind.DEAL,
    "deal_lost": Kind.DEAL,
    "handoff_accepted": Kind.SALES,
    "handoff_rejected": Kind.SALES,
}
REQUIRED_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "deal_opened": ("deal_id",),
    "deal_won": ("deal_id",),
    "deal_lost": ("deal_id",),
    "handoff_accepted": ("handoff_id",),
    "handoff_rejected": ("handoff_id", "reason"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One stored input of one lead.

    `untimed` says that the source gave no time and that `occurred_at` is the time of first receipt.
    `backfill` says that it came by an import: it is scored, and nothing is announced for it.
    """

    lead_id: str
    kind: Kind
    type: str
    source: str
    source_id: str
    occurred_at: datetime
    identities: tuple[Identity, ...]
    values: Mapping[str, Scalar]
    untimed: bool = False
    backfill: bool = False

    @property
    def order_key(self) -> bytes:
        """Where the fact stands among its lead's facts."""
        return order_key(self.occurred_at, fact_hash(self.source, self.source_id))

    @property
    def key(self) -> str:
        """The sort key that it is stored under: a function of what happened, never of its delivery."""
        name = hash_text(fact_hash(self.source, self.source_id))
        if self.untimed:
            return f"untimed#{self.kind}#{name}"
        return f"{self.kind}#{timestamp(self.occurred_at)}#{name}"


def facts_of(activity: Activity, *, received_at: datetime, backfill: bool = False) -> Iterator[Fact]:
    """The facts that an activity states, all under the lead of its strongest identity.

    Raises:
        ValueError: the activity has no identity.
    """
    identity = strongest(activity.identities)
    if identity is None:
        raise ValueError("an activity without an identity belongs to nobody")
    kind = RESERVED_TYPES.get(activity.type, Kind.ACTIVITY)

    def fact(kind: Kind, values: Mapping[str, Scalar]) -> Fact:
        return Fact(
            lead_id=lead_id_of(identity),
            kind=kind,
            type=activity.type,
            source=activity.source,
            source_id=activity.id,
            occurred_at=activity.occurred_at or received_at,
            identities=activity.identities,
            values=values,
            untimed=activity.occurred_at is None,
            backfill=backfill,
        )

    if kind is not Kind.TRAITS:
        yield fact(kind, activity.properties)
    if activity.traits or kind is Kind.TRAITS:
        yield fact(Kind.TRAITS, activity.traits)
    if activity.type == "unsubscribed":
        yield fact(Kind.CONSENT, {})
