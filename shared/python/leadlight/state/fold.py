"""What a lead's facts add up to: day buckets of signal counts, and registers where the latest fact wins."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from leadlight.activity import Fact, Identity, Kind, Scalar
from leadlight.activity.fact import IMPORTED, OF_ONE, RESERVED_TYPES
from leadlight.activity.identity import EMAIL, strength
from leadlight.guard.saying import HUMAN, Said, about_day, about_of
from leadlight.model.structs import LONGEST_WINDOW
from leadlight.scoring.buckets import Buckets, pack
from leadlight.signals.catalogue import as_number
from leadlight.state.lane import IMPORTED_RING, Lane
from leadlight.state.notes import Notes, added
from leadlight.state.permission import SAYINGS, Permission, Permissions, kept
from leadlight.state.traits import Changes, Trait, compact, derived, values_at

SHARED = "shared_identity"  # a trait that only a team can state
MOST_IDENTITIES = 16  # of those past it there is no end, and each write pays for them: cookies of one person
_UNSAID = Said(b"", human=False)
_MARGIN = 2  # days: for facts that are dated ahead, and for the day that is not over


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


class Company(NamedTuple):
    """The traits of a lead's account, as of a version of the account.

    `asked` is the version of the lead that asked for them, when it joined: a lead that comes back is told again.
    """

    version: int
    asked: int
    traits: dict[str, Scalar]


class Fold(msgspec.Struct):
    """A pure function of a lead's facts: no order, duplication or delay of delivery shows in it.

    `signals` counts by signal and day number. `live` and `imported` tell which facts are counted. Days up to `pruned`
    are past retention and gone. `traits` are the latest; `past` holds their earlier changes, as far back as the day
    buckets can tell a score. `permissions` say, by what they are about, whether the lead may be written to. `account`
    is the account that the lead belongs to, and `companies` what it told it: its traits lie under the lead's own.
    `notes` count by day what the guard set aside, as far back as the history; `judged` is what people said of that.
    """

    signals: dict[str, dict[int, int]] = {}
    live: Lane = msgspec.field(default_factory=Lane)
    imported: Lane = msgspec.field(default_factory=lambda: Lane(IMPORTED_RING, rated=False))
    pruned: int = -1
    untimed: bool = False
    traits: dict[str, Trait] = {}
    past: dict[str, Changes] = {}
    identities: set[Identity] = set()
    deals: dict[str, dict[str, Deal]] = {}
    permissions: dict[str, Permissions] = {}
    verdicts: dict[str, Verdict] = {}
    first: Touch | None = None
    account: str = ""
    companies: dict[str, Company] = {}
    notes: dict[int, Notes] = {}
    judged: dict[str, Said] = {}

    def lane(self, fact: Fact) -> Lane:
        """Where it is noted that a fact was applied.

        A history is imported oldest first, far below the floor of what is live: in a lane of its own it needs no
        recount. A fact's source is part of its key, so that it is always in the same lane.
        """
        return self.imported if fact.source.startswith(IMPORTED) else self.live

    def register(self, fact: Fact, *, rewritten: bool = False) -> None:  # noqa: C901 - one case for each kind
        """Takes what a fact says beside being counted.

        `rewritten`: it is the stored content, and replaces what the same fact said before.
        """
        key = fact.order_key
        self.know(fact)
        if _is_touch(fact):
            self._meet(fact, rewritten=rewritten)

        def newer(held: bytes | None) -> bool:
            return held is None or key > held

        match fact.kind:
            case Kind.TRAITS:
                for name, value in fact.values.items():
                    self._learn(name, Trait(value, key))
            case Kind.DEAL:
                steps = self.deals.setdefault(str(fact.values["deal_id"]), {})
                status = fact.type.removeprefix("deal_")
                if newer(steps[status].order_key if status in steps else None):
                    steps[status] = Deal(key, _hundredths(fact.values.get("amount", 0)), _currency(fact))
            case Kind.CONSENT:
                about, _ = SAYINGS[fact.type]
                known = self.permissions.get(about, ())
                if key not in {permission.order_key for permission in known}:
                    self.permissions[about] = kept((*known, Permission(key, fact.type, fact.source)))
            case Kind.SALES:
                name = str(fact.values["handoff_id"])
                if newer(self.verdicts[name].order_key if name in self.verdicts else None):
                    answer = fact.type.removeprefix("handoff_")
                    self.verdicts[name] = Verdict(key, answer, str(fact.values.get("reason", "")))
            case Kind.VERDICT:
                about = about_of(fact.values)
                if about > about_day(self.pruned) or not about.startswith("day:"):
                    self.judged[about] = max(self.judged.get(about, _UNSAID), Said(key, fact.type == HUMAN))
            case Kind.IDENTITY if fact.type in OF_ONE:
                self._learn(SHARED, Trait(fact.type == "identity_shared", key))

    def know(self, fact: Fact) -> None:
        """Takes the identities that a fact names; of very many the strongest are kept."""
        if fact.kind is not Kind.IDENTITY:
            self.identities.update(fact.identities)
            if len(self.identities) > MOST_IDENTITIES:
                self.identities = set(sorted(self.identities, key=strength)[:MOST_IDENTITIES])

    def forget(self, kind: Kind) -> None:
        """Empties the register of a kind, to be filled again from the stored facts."""
        match kind:
            case Kind.TRAITS:
                # What a team says of an identity is no source's trait, and comes by facts of its own.
                self.traits = {name: trait for name, trait in self.traits.items() if name == SHARED}
                self.past = {name: past for name, past in self.past.items() if name == SHARED}
            case Kind.DEAL:
                self.deals = {}
            case Kind.CONSENT:
                self.permissions = {}
            case Kind.SALES:
                self.verdicts = {}
            case Kind.IDENTITY:
                self.traits.pop(SHARED, None)
                self.past.pop(SHARED, None)
            case Kind.VERDICT:
                self.judged = {}

    def holds(self, kind: Kind, key: bytes) -> bool:
        """Whether a register holds what the fact of an order key said."""
        return key in self._keys(kind)

    def newest(self, kind: Kind) -> bytes:
        """The order key of the last fact that a register holds something of; empty without one."""
        return max(self._keys(kind), default=b"")

    def _keys(self, kind: Kind) -> Iterator[bytes]:
        match kind:
            case Kind.TRAITS | Kind.IDENTITY:
                yield from (trait.order_key for trait in self.traits.values())
                yield from (change.order_key for changes in self.past.values() for change in changes)
            case Kind.DEAL:
                yield from (step.order_key for steps in self.deals.values() for step in steps.values())
            case Kind.CONSENT:
                yield from (each.order_key for known in self.permissions.values() for each in known)
            case Kind.VERDICT:
                yield from (said.order_key for said in self.judged.values())
            case Kind.SALES:
                yield from (verdict.order_key for verdict in self.verdicts.values())

    def count(self, day: int, signals: tuple[str, ...]) -> None:
        """Adds one activity's signals to its day."""
        for signal in signals:
            days = self.signals.setdefault(signal, {})
            days[day] = days.get(day, 0) + 1

    def note(self, day: int, name: str) -> None:
        """Counts what the guard has to say of an activity of a day, as far back as the history goes."""
        if day > self.noted_after:
            self.notes[day] = added(self.notes.get(day, {}), name)

    @property
    def noted_after(self) -> int:
        """The last day of which there are no notes any longer."""
        return self.pruned + LONGEST_WINDOW + _MARGIN if self.pruned >= 0 else -1

    def clear(self, day: int) -> None:
        """Empties one day's bucket."""
        self.notes.pop(day, None)
        for signal in [name for name, days in self.signals.items() if day in days]:
            del self.signals[signal][day]
            if not self.signals[signal]:
                del self.signals[signal]

    def _meet(self, fact: Fact, *, rewritten: bool) -> None:
        touch = Touch(fact.order_key, fact.kind, _source(fact), str(fact.values.get("utm_campaign", "")))
        first = self.first
        if first is None or touch[:2] < first[:2] or (rewritten and touch[:2] == first[:2]):
            self.first = touch

    def _learn(self, name: str, change: Trait) -> None:
        held = self.traits.get(name)
        if held is None:
            self.traits[name] = change
        elif change.order_key not in {held.order_key, *(each.order_key for each in self.past.get(name, ()))}:
            self.keep(name, (*self.past.get(name, ()), held, change))

    def keep(self, name: str, changes: Iterable[Trait]) -> None:
        """Takes all changes of a trait, as far back as they are needed."""
        *earlier, self.traits[name] = compact(changes, self.pruned + LONGEST_WINDOW + _MARGIN)
        self.past.pop(name, None)
        if earlier:
            self.past[name] = tuple(earlier)

    def forget_past(self) -> None:
        """Drops what lies before the history depth: changes of traits, but for the last, and the guard's notes.

        What was said of a day that is past retention goes too.
        """
        self.notes = {day: notes for day, notes in self.notes.items() if day > self.noted_after}
        gone = about_day(self.pruned)
        self.judged = {about: said for about, said in self.judged.items() if not "day:" <= about <= gone}
        for name, past in list(self.past.items()):
            self.keep(name, (*past, self.traits[name]))

    @property
    def email(self) -> str | None:
        """The lead's address; the first in text order where there are several."""
        return min([value for kind, value in self.identities if kind == EMAIL], default=None)

    @property
    def email_domain(self) -> str:
        """The domain of the lead's address; empty without one."""
        return (self.email or "").rpartition("@")[2]

    @property
    def buckets(self) -> dict[str, Buckets]:
        """The counts as the engine reads them, in the order of the signals' names."""
        return {signal: pack(days) for signal, days in sorted(self.signals.items())}

    def known_traits(self, as_of: int | None = None) -> dict[str, Scalar]:
        """The traits that a model reads, at the end of a day or the latest, and what follows from them."""
        if as_of is None:
            known = {name: value for name, (value, _) in self.traits.items()}
        else:
            known = values_at(self.traits, self.past, as_of)
        company = self.companies.get(self.account)
        return derived({**company.traits, **known} if company else known, self.email_domain)


def _is_touch(fact: Fact) -> bool:
    """Deals and sales' answers are no contact: one dated before the first contact is out of order, and shown so.

    Nor is what a team says of an identity, or of activities.
    """
    return RESERVED_TYPES.get(fact.type) not in (Kind.DEAL, Kind.SALES, Kind.IDENTITY, Kind.VERDICT)


def _source(fact: Fact) -> str:
    return str(fact.values.get("utm_source") or fact.values.get("lead_source") or fact.source)


def _currency(fact: Fact) -> str:
    return str(fact.values.get("currency", ""))


def _hundredths(amount: Scalar) -> int:
    return round((as_number(amount) or 0.0) * 100)
