"""Accounts as the API shows them: the score of today, and what each of their leads gives to it."""

import re
from typing import Any, NamedTuple

from leadlight.activity.identity import DOMAIN
from leadlight.activity.order_key import day_number
from leadlight.adapters.lead_items import ACCOUNT
from leadlight.ports import Ports
from leadlight.problems import MalformedEvent
from leadlight.runtime.api.leads import summary
from leadlight.runtime.query import limit_of
from leadlight.scoring import Score
from leadlight.scoring.account import AccountScore, account_score
from leadlight.state import LeadState
from leadlight.state.company import ACCOUNT as ACCOUNT_TRAIT
from leadlight.state.company import named

MOST = 20  # accounts of a page: all leads of each are read
MOST_LEADS = 1000
_SHOWN = 5  # leads of an account in a page
_ABOVE_ALL = "~"
_PLACE = re.compile(r"\d{3}#ac_\w+")  # in the ranking


class _Member(NamedTuple):
    state: LeadState
    score: Score


def accounts_page(ports: Ports, *, limit: str | None, token: str | None) -> dict[str, Any]:
    """A page of the accounts: in the order of their buckets as of the last rollup, and of today's scores within a page.

    Accounts without leads are left out: nobody is there to call.

    Raises:
        MalformedEvent: the limit is no number from 1 to 20, or no page before ended with the token.
    """
    if token and not _PLACE.fullmatch(token):
        raise MalformedEvent(f"next must be what the page before said, found {token!r}", field="next")
    size = limit_of(limit, default=MOST, most=MOST)
    keys = ports.leads.ranked((ACCOUNT,), below=token or _ABOVE_ALL, limit=size + 1)
    page = keys[:size]
    states = ports.leads.get_many([key.partition("#")[2] for key in page])
    views = [account_view(state, ports, most=_SHOWN) for state in states]
    return {
        "accounts": sorted(
            (view for view in views if view["leads"]), key=lambda view: (-view["score"], view["account_id"])
        ),
        "next": page[-1] if len(keys) > len(page) else None,
    }


def account_state(account_id: str, ports: Ports) -> LeadState | None:
    """The account of an id, under the name that it goes by."""
    state = ports.leads.get(account_id, consistent=True)
    while state and (other := state.fold.traits.get(ACCOUNT_TRAIT)):
        state = ports.leads.get(named(other.value), consistent=True)
    return state


def account_view(state: LeadState, ports: Ports, *, most: int = MOST_LEADS) -> dict[str, Any]:
    """One account. The shares of its `leads`, of the `others`, `clamped` and `rounding` add up to its score.

    `partial`: it has more than 1,000 leads, and those alone were read whose ids come first.
    """
    memberships = ports.accounts.members(state.lead_id, limit=MOST_LEADS + 1)
    members = _members(state.lead_id, [each.lead_id for each in memberships[:MOST_LEADS]], ports)
    rule = ports.documents.model.accounts
    found = account_score(rule, {name: member.score.totals.score for name, member in members.items()})
    traits = state.fold.known_traits()
    domains = sorted(value for kind, value in state.fold.identities if kind == DOMAIN)
    leads = [{**summary(*members[name]), "share": share / 1000} for name, share in list(found.shares.items())[:most]]
    return {
        "account_id": state.lead_id,
        "name": traits.get("company") or next((lead["company"] for lead in leads if lead["company"]), None),
        "domain": next(iter(domains), None) or _shared_domain(members),
        "score": found.score,
        "counted_by": {"score": rule.score, "next": rule.next} if rule.score == "sum" else {"score": rule.score},
        "leads": leads,
        "others": _others(found, most),
        "clamped": found.clamped / 1000,
        "rounding": found.rounded / 1000,
        "partial": len(memberships) > MOST_LEADS,
        "traits": dict(sorted(traits.items())),
        "identities": [{"kind": kind, "value": value} for kind, value in sorted(state.fold.identities)],
    }


def _members(account_id: str, lead_ids: list[str], ports: Ports) -> dict[str, _Member]:
    """The leads that do belong to it: one that just left may still be among them."""
    today = day_number(ports.now())
    states = [state for state in ports.leads.get_many(lead_ids) if state.fold.account == account_id]
    return {state.lead_id: _Member(state, ports.portfolio.score(state.fold, today)) for state in states}


def _shared_domain(members: dict[str, _Member]) -> str | None:
    """The domain of its leads' addresses, where they all have the same: an account that goes by it has no facts."""
    domains = {member.state.fold.email_domain for member in members.values()} - {""}
    return domains.pop() if len(domains) == 1 else None


def _others(found: AccountScore, most: int) -> dict[str, Any]:
    rest = list(found.shares.values())[most:]
    return {"leads": len(rest), "share": sum(rest) / 1000}
