"""Accounts: facts become traits, and their leads are told. An account's own fold holds what it tells, with a version.

Whoever joins is told by the record of the join, after a consistent read: whatever is saved later finds it among the
leads. A change is told in rounds of pages, each started by the record of the one before.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from leadlight.activity.order_key import day_number
from leadlight.adapters.account_items import membership_from_item, round_from_item
from leadlight.model.structs import BuyingStage
from leadlight.ports import Conflict, Membership, Ports, Round
from leadlight.runtime import retold
from leadlight.runtime.news import News
from leadlight.runtime.patience import give_way
from leadlight.scoring import Totals
from leadlight.state import Change, Fold, LeadState, apply, codec
from leadlight.state.company import ACCOUNT, Told, known_of_account, named
from leadlight.state.fold import Company

PAGE = 500  # leads that one invocation tells
_ATTEMPTS = 8


def bring(news: News, ports: Ports) -> None:
    """Brings news into one account, and tells the leads that have to know.

    Raises:
        Conflict: others were first, eight times in a row.
        Unavailable: a table could not be reached.
    """
    joined = [membership_from_item(notice.image) for notice in news.notices("member") if notice.image]
    company = _saved(news, joined, ports).fold.companies.get(news.lead_id)
    if company is None:
        return  # nothing is known of it: there is nothing to tell
    if news.changes or news.gone or news.anew:
        quiet = all(change.fact.backfill for change in news.changes)
        ports.accounts.go_on(Round(news.lead_id, company.version, backfill=quiet))
        _forward(news, company, ports)
    _tell(joined, company, ports, backfill=False)
    for notice in news.notices("round"):
        if notice.image:
            _go_round(round_from_item(notice.image), company, ports)


def _saved(news: News, joined: Sequence[Membership], ports: Ports) -> LeadState:
    """The account's state with the news in it, as it is stored."""
    for attempt in range(_ATTEMPTS):
        state = ports.leads.get(news.lead_id, consistent=True) or LeadState(news.lead_id)
        before, score = codec.encode(state.fold), state.totals.score if state.totals else -1
        _learn(state, news, ports)
        best = max([score, *(each.score for each in joined)])
        other = ACCOUNT in state.fold.traits
        if state.version and (best == score or other) and codec.encode(state.fold) == before:
            return state
        try:
            ports.leads.put(ranked(state, max(best, 0), ports))
        except Conflict:
            give_way(attempt, ports.hands)
            continue
        return state
    raise Conflict(f"{news.lead_id} was saved by others {_ATTEMPTS} times in a row")


def ranked(state: LeadState, score: int, ports: Ports) -> LeadState:
    """The account's state with the score that ranks it, until the next rollup; what is shown is worked out anew."""
    today = day_number(ports.now())
    if ACCOUNT in state.fold.traits:
        return replace(state, totals=None, as_of=today)  # it goes by another name, and is ranked there
    return replace(state, totals=Totals(score, "D", BuyingStage.AWARENESS), as_of=today)


def _learn(state: LeadState, news: News, ports: Ports) -> None:
    """Takes facts into the account's fold; other traits than it told before get the version that is put next."""
    changes: Sequence[Change] = news.changes
    if news.gone or news.anew:
        told, state.fold = state.fold.companies, Fold()
        state.fold.companies = told
        changes = [Change(fact) for fact in ports.facts.every(state.lead_id)]
    apply(
        state.fold,
        retold.as_stored(state.lead_id, changes, state.fold, ports),
        signals_of=ports.documents.catalogue.signals_of,
        facts_on=lambda day: ports.facts.on(state.lead_id, day, untimed=True),
        facts_of=lambda kind: ports.facts.of(state.lead_id, kind),
    )
    traits, company = known_of_account(state.fold), state.fold.companies.get(state.lead_id)
    if traits != (company.traits if company else {}):
        state.fold.companies[state.lead_id] = Company(state.following, 0, traits)


def _forward(news: News, company: Company, ports: Ports) -> None:
    """An account that goes by another name hands its facts on: those that came, and all where that is what came."""
    other = named(company.traits.get(ACCOUNT))
    if other:
        came = {change.fact.key for change in news.changes}
        every = any(ACCOUNT in change.fact.values for change in news.changes)
        stored = [fact for fact in ports.facts.every(news.lead_id) if ACCOUNT not in fact.values]
        ports.facts.put([replace(fact, lead_id=other) for fact in stored if every or fact.key in came])


def _go_round(given: Round, company: Company, ports: Ports) -> None:
    if given.version != company.version:
        return  # a newer round tells everybody
    members = ports.accounts.members(given.account_id, after=given.after, limit=PAGE)
    _tell(members, company, ports, backfill=given.backfill)
    if len(members) == PAGE:
        ports.accounts.go_on(given._replace(after=members[-1].lead_id))


def _tell(members: Sequence[Membership], company: Company, ports: Ports, *, backfill: bool) -> None:
    ports.accounts.tell(
        [
            (each.lead_id, Told(each.account_id, company._replace(asked=each.version), backfill))
            for each in {each.lead_id: each for each in members}.values()
        ]
    )
