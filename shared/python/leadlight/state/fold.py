"""What a lead's facts add up to: day buckets of signal counts, and registers where the latest fact wins."""

from dataclasses import dataclass, field
from typing import NamedTuple

from leadlight.activity import Fact, Identity, Kind, Scalar
from leadlight.activity.fact import RESERVED_TYPES
from leadlight.activity.identity import EMAIL
from leadlight.signals.catalogue import as_number

RING = 16  # how far facts may overtake each other before a day is recounted


class Trait(NamedTuple):
    """A trait's latest value, and the order key of the fact that said so."""

    value: Scalar
    order_key: bytes


class Deal(NamedTuple):
    """What one fact said of a deal. `amount` is in hundredths of the currency."""

    order_key: bytes
    amount: int
    currency: str


class Verdict(NamedTuple):
    """Sales' answer to a hand-off: `accepted` or `rejected`, and why."""

    order_key: bytes
    answer: str
    reason: str


class Touch(NamedTuple):
    """The first contact: the earliest thing known of a lead itself, and where it came from.

    One activity may state facts of several kinds under one order key: the kind tells them apart.
    """

    order_key: bytes
    kind: str
    source: str
    campaign: str


@dataclass(slots=True)
class Fold:
    """A pure function of a lead's facts: no order, duplication or delay of delivery shows in it.

    `signals` counts by signal and day number. `ring` holds the highest order keys applied, ascending;
    `floor` the highest ever evicted from it. Days up to `pruned` are past retention and gone.
    """

    signals: dict[str, dict[int, int]] = field(default_factory=dict)
    ring: list[bytes] = field(default_factory=list)
    floor: bytes = b""
    pruned: int = -1
    untimed: bool = False
    traits: dict[str, Trait] = field(default_factory=dict)
    identities: set[Identity] = field(default_factory=set)
    deals: dict[str, dict[str, Deal]] = field(default_factory=dict)
    consent: tuple[bytes, bool] | None = None
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    first: Touch | None = None

    def register(self, fact: Fact, *, rewritten: bool = False) -> None:  # noqa: C901 - one case for each kind
        """Takes what a fact says beside being counted.

        `rewritten`: it is the stored content, and replaces what the same fact said before.
        """
        key = fact.order_key
        self.identities.update(fact.identities)
        if _is_touch(fact):
            self._meet(fact, rewritten=rewritten)

        def newer(held: bytes | None) -> bool:
            return held is None or key > held

        match fact.kind:
            case Kind.TRAITS:
                for name, value in fact.values.items():
                    if newer(self.traits[name].order_key if name in self.traits else None):
                        self.traits[name] = Trait(value, key)
            case Kind.DEAL:
                steps = self.deals.setdefault(str(fact.values["deal_id"]), {})
                status = fact.type.removeprefix("deal_")
                if newer(steps[status].order_key if status in steps else None):
                    steps[status] = Deal(key, _hundredths(fact.values.get("amount", 0)), _currency(fact))
            case Kind.CONSENT:
                if newer(self.consent[0] if self.consent else None):
                    self.consent = (key, fact.type == "consent_given")
            case Kind.SALES:
                name = str(fact.values["handoff_id"])
                if newer(self.verdicts[name].order_key if name in self.verdicts else None):
                    answer = fact.type.removeprefix("handoff_")
                    self.verdicts[name] = Verdict(key, answer, str(fact.values.get("reason", "")))

    def forget(self, kind: Kind) -> None:
        """Empties the register of a kind, to be filled again from the stored facts."""
        match kind:
            case Kind.TRAITS:
                self.traits = {}
            case Kind.DEAL:
                self.deals = {}
            case Kind.CONSENT:
                self.consent = None
            case Kind.SALES:
                self.verdicts = {}

    def count(self, day: int, signals: tuple[str, ...]) -> None:
        """Adds one activity's signals to its day."""
        for signal in signals:
            days = self.signals.setdefault(signal, {})
            days[day] = days.get(day, 0) + 1

    def clear(self, day: int) -> None:
        """Empties one day's bucket."""
        for signal in [name for name, days in self.signals.items() if day in days]:
            del self.signals[signal][day]
            if not self.signals[signal]:
                del self.signals[signal]

    def _meet(self, fact: Fact, *, rewritten: bool) -> None:
        touch = Touch(fact.order_key, fact.kind, _source(fact), str(fact.values.get("utm_campaign", "")))
        first = self.first
        if first is None or touch[:2] < first[:2] or (rewritten and touch[:2] == first[:2]):
            self.first = touch

    @property
    def email(self) -> str | None:
        """The lead's address; the first in text order where there are several."""
        return min([value for kind, value in self.identities if kind == EMAIL], default=None)

    def known_traits(self) -> dict[str, Scalar]:
        """The traits that fit criteria read: the latest values, and the domain of the lead's address."""
        known = {name: value for name, (value, _) in self.traits.items()}
        if "email_domain" not in known and (address := self.email):
            known["email_domain"] = address.rpartition("@")[2]
        return known


def _is_touch(fact: Fact) -> bool:
    """Deals and sales' answers are no contact: one dated before the first contact is out of order, and shown so."""
    return RESERVED_TYPES.get(fact.type) not in (Kind.DEAL, Kind.SALES)


def _source(fact: Fact) -> str:
    return str(fact.values.get("utm_source") or fact.values.get("lead_source") or fact.source)


def _currency(fact: Fact) -> str:
    return str(fact.values.get("currency", ""))


def _hundredths(amount: Scalar) -> int:
    return round((as_number(amount) or 0.0) * 100)
