"""Facts: the stored inputs, immutable. An activity becomes one to four of them, and one for each name of an account."""

from collections.abc import Container, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from leadlight.activity.activity import Activity, Scalar
from leadlight.activity.identity import DOMAIN, Identity, account_id_of, lead_id_of, strength, strongest, without_tag
from leadlight.activity.order_key import fact_hash, hash_text, order_key, timestamp


class Kind(StrEnum):
    """What a fact is about. Activities are counted; the others are registers, where the latest one wins."""

    ACTIVITY = "activity"
    TRAITS = "traits"
    CONSENT = "consent"
    DEAL = "deal"
    SALES = "sales"
    IDENTITY = "identity"
    VERDICT = "verdict"


RESERVED_TYPES: Mapping[str, Kind] = {
    "lead_identified": Kind.TRAITS,
    "account_identified": Kind.TRAITS,
    "consent_given": Kind.CONSENT,
    "consent_withdrawn": Kind.CONSENT,
    "do_not_contact": Kind.CONSENT,
    "contact_allowed": Kind.CONSENT,
    "deal_opened": Kind.DEAL,
    "deal_won": Kind.DEAL,
    "deal_lost": Kind.DEAL,
    "handoff_accepted": Kind.SALES,
    "handoff_rejected": Kind.SALES,
    "identities_merged": Kind.IDENTITY,
    "identities_separated": Kind.IDENTITY,
    "identity_shared": Kind.IDENTITY,
    "identity_personal": Kind.IDENTITY,
    "judged_human": Kind.VERDICT,
    "judged_bot": Kind.VERDICT,
}
OF_ONE = ("identity_shared", "identity_personal")  # what a team says of one identity: the latest counts
OF_TWO = ("identities_merged", "identities_separated")  # what a team says of exactly two identities
REQUIRED_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "deal_opened": ("deal_id",),
    "deal_won": ("deal_id",),
    "deal_lost": ("deal_id",),
    "handoff_accepted": ("handoff_id",),
    "handoff_rejected": ("handoff_id", "reason"),
    "judged_human": ("about",),
    "judged_bot": ("about",),
}
IMPORTED = "import:"  # what the sources of imported facts begin with


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One stored input of one lead, or of one account.

    `untimed` says that the source gave no time and that `occurred_at` is the time of first receipt.
    `backfill` says that it came by an import: it is scored, and nothing is announced for it.
    `owner` is set on a copy: the merged lead whose fact this is, as of that lead's `epoch`.
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
    owner: str = ""
    epoch: int = 0

    @property
    def order_key(self) -> bytes:
        """Where the fact stands among its lead's facts; a copy stands where its original does."""
        return order_key(self.occurred_at, fact_hash(self.source, self.source_id))

    @property
    def key(self) -> str:
        """The sort key that it is stored under: a function of what happened, never of its delivery."""
        name = hash_text(fact_hash(self.source, self.source_id))
        moment = "" if self.untimed else timestamp(self.occurred_at)
        copied = f"#{self.owner}" if self.owner else ""
        return f"untimed#{self.kind}#{name}{copied}" if self.untimed else f"{self.kind}#{moment}#{name}{copied}"

    @property
    def has_moment(self) -> bool:
        """Whether its time says when it was done: imports often know the day alone, and a receipt is no time at all."""
        return not (self.untimed or self.backfill or self.source.startswith(IMPORTED))

    def copied(self, *, to: str, epoch: int) -> "Fact":
        """The copy that stands among the facts of the lead that this one's lead was merged into."""
        return msgspec.structs.replace(self, lead_id=to, owner=self.lead_id, epoch=epoch)


def facts_of(
    activity: Activity,
    *,
    received_at: datetime,
    backfill: bool = False,
    fold_tags: bool = False,
    free_mail: Container[str] = frozenset(),
) -> Iterator[Fact]:
    """The facts that an activity states: under the lead of its strongest identity, and under its account.

    Args:
        activity: what a source told.
        received_at: the time of the facts where the source gives none.
        backfill: they come by an import.
        fold_tags: `ada+news@acme.com` is the same person as `ada@acme.com`.
        free_mail: domains that name no account: a company whose address is there goes by its other identities.

    Raises:
        ValueError: the activity names neither a lead nor an account.
    """
    identities = tuple(dict.fromkeys(map(without_tag, activity.identities))) if fold_tags else activity.identities
    if not identities and not activity.account:
        raise ValueError("an activity without an identity belongs to nobody")
    kind = RESERVED_TYPES.get(activity.type, Kind.ACTIVITY)

    def fact(of: str, kind: Kind, values: Mapping[str, Scalar], names: tuple[Identity, ...] = identities) -> Fact:
        return Fact(
            lead_id=of,
            kind=kind,
            type=activity.type,
            source=activity.source,
            source_id=activity.id,
            occurred_at=activity.occurred_at or received_at,
            identities=names,
            values=values,
            untimed=activity.occurred_at is None,
            backfill=backfill,
        )

    account = tuple(each for each in activity.account if each.kind != DOMAIN or each.value not in free_mail)
    company = strongest(account)
    if company:
        if activity.account_traits or len(account) > 1:
            yield fact(account_id_of(company), Kind.TRAITS, activity.account_traits, account)
        for other in sorted(set(account) - {company}):  # whoever says that name alone means the same company
            yield fact(account_id_of(other), Kind.TRAITS, {"account": ":".join(company)}, (other,))
    if not identities:
        return
    lead = lead_id_of(max(identities, key=strength)) if activity.type in OF_TWO else lead_of(identities)
    traits = {**activity.traits, "account": ":".join(company)} if company else activity.traits
    if kind is not Kind.TRAITS:
        yield fact(lead, kind, activity.properties)
    if traits or kind is Kind.TRAITS:
        yield fact(lead, Kind.TRAITS, traits)
    if activity.type == "unsubscribed":
        yield fact(lead, Kind.CONSENT, {})


def lead_of(identities: tuple[Identity, ...]) -> str:
    """The lead of the strongest of some identities."""
    identity = strongest(identities)
    if identity is None:
        raise ValueError("no identity, no lead")
    return lead_id_of(identity)
