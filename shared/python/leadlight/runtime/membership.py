"""A lead and its account: it joins before it is saved as a member, and leaves after it is saved as none.

So a saved member is always among its account's leads. What stays among them in vain after a crash is told off when the
account next tells it something. A join carries the version that the lead is about to have, so that a removal that comes
late removes no later join.
"""

from leadlight.adapters.account_items import told_from_item
from leadlight.ports import Conflict, Membership, Ports
from leadlight.runtime.news import News
from leadlight.state import LeadState
from leadlight.state.company import Told, belong, learn


def told(news: News) -> list[Told]:
    """What accounts told the lead."""
    return [told_from_item(notice.image) for notice in news.notices("company") if notice.image]


def is_quiet(news: News) -> bool:
    """Whether accounts told the lead something, and all of it came by an import."""
    found = told(news)
    return bool(found) and all(each.backfill for each in found)


def is_early(state: LeadState, news: News) -> bool:
    """Whether an account tells the lead what only a later version of it asked: somebody is about to save that one.

    A merged lead can't keep it. It is saved as it is instead, so that the other has to start, and to ask, again.
    """
    return any(each.company.asked > state.version for each in told(news))


def is_sure(state: LeadState, news: News) -> bool:
    """Whether there are facts and news of the lead's own account alone: the put tells where the state is an old one."""
    companies = [each for each in told(news) if state.version and each.account_id == state.fold.account]
    held = state.fold.companies.get(state.fold.account)
    newer = all(held is None or each.company.version > held.version for each in companies)
    return newer and len(news.changes) + len(companies) == len(news.entries)


def is_vain(state: LeadState, news: News, ports: Ports) -> bool:
    """Whether an account tells a lead that was never saved, and that nothing is left of: it joined before a crash.

    What it had were copies of a member that left since, or expired. It is saved as it is, and leaves: whoever is still
    about to save it with facts has to start, and to join, again.

    Raises:
        Conflict: the lead is just joining with its first facts: what it is told has to come again.
    """
    if not told(news):
        return False
    if ports.facts.every(state.lead_id):
        raise Conflict(f"{state.lead_id} is not saved yet")
    return True


def learned(state: LeadState, news: News) -> bool:
    """Takes into the fold what the lead's account told it; whether it was news."""
    taken = [each for each in told(news) if learn(state.fold, each, version=state.version)]
    return bool(taken)


def settle(state: LeadState, before: LeadState, ports: Ports) -> None:
    """Puts the lead under the account that its facts name. A fold that was made anew keeps what accounts told it."""
    if state.fold is not before.fold:
        state.fold.account, state.fold.companies = before.fold.account, dict(before.fold.companies)
    belong(state.fold, free_mail=ports.documents.free_mail, version=state.version)


def join(state: LeadState, ports: Ports, *, was: str) -> None:
    """Before the put: enters the lead among its account's leads, where it `was` in another."""
    account_id = state.fold.account
    if account_id and account_id != was:
        score = state.totals.score if state.totals else 0
        ports.accounts.join(Membership(account_id, state.lead_id, state.following, score))


def leave(state: LeadState, news: News, ports: Ports, *, was: str) -> None:
    """After the put: takes the lead out of the account that it `was` in, and out of those that take it for theirs.

    `state` is as it was saved, with its new version.
    """
    others = {each.account_id for each in told(news) if each.company.asked <= state.version} | {was}
    for account_id in sorted(others - {"", state.fold.account}):
        ports.accounts.leave(account_id, state.lead_id, version=state.version)
