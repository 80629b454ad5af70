"""Which account a lead belongs to, and what its account told it: a register where the highest version wins."""

from collections.abc import Container
from typing import NamedTuple

from leadlight.activity import Identity, Scalar, account_id_of
from leadlight.activity.identity import DOMAIN
from leadlight.state.fold import Company, Fold

ACCOUNT = "account"  # the trait that names the account: `domain:acme.com`, `hubspot:42`


class Told(NamedTuple):
    """What an account tells one of its leads. `backfill`: nothing is announced for it."""

    account_id: str
    company: Company
    backfill: bool = False


def account_of(fold: Fold, *, free_mail: Container[str]) -> str:
    """The account that a lead belongs to; empty where nothing says.

    What a tool or a team says of its account comes before the domain of its address; a domain of addresses that
    anybody can have says nothing. An account that told the lead that it goes by another name is that other one.
    """
    return next(reversed(_accounts(fold, free_mail)), "")


def named(told: Scalar | None) -> str:
    """The account that a trait `account` names; empty where it names none."""
    kind, _, value = str(told or "").partition(":")
    return account_id_of(Identity(kind, value)) if value else ""


def belong(fold: Fold, *, free_mail: Container[str], version: int) -> None:
    """Puts a lead under its account. What others told it goes, but for their other name, and for what it asks later."""
    chain = _accounts(fold, free_mail)
    fold.account = next(reversed(chain), "")
    fold.companies = {
        name: company for name, company in fold.companies.items() if name in chain or company.asked > version
    }


def _accounts(fold: Fold, free_mail: Container[str]) -> list[str]:
    """The account that is named first, and those that it goes by: each name is stronger, so there is an end."""
    said = fold.traits.get(ACCOUNT)
    kind, _, value = str(said.value if said else "").partition(":")
    names = (Identity(kind, value), Identity(DOMAIN, fold.email_domain))
    known = (each for each in names if each.value and not (each.kind == DOMAIN and each.value in free_mail))
    chain, account_id = list[str](), next((account_id_of(each) for each in known), "")
    while account_id and account_id not in chain:
        chain.append(account_id)
        company = fold.companies.get(account_id)
        account_id = named(company.traits.get(ACCOUNT)) if company else ""
    return chain


def learn(fold: Fold, told: Told, *, version: int) -> bool:
    """Takes what its account told a lead of this version, or one that it may join soon; whether it was news."""
    account_id, company, _ = told
    held = fold.companies.get(account_id)
    if (account_id != fold.account and company.asked <= version) or (held and held.version >= company.version):
        return False
    fold.companies[account_id] = company
    return True


def known_of_account(fold: Fold) -> dict[str, Scalar]:
    """An account's own traits by name."""
    return {name: trait.value for name, trait in sorted(fold.traits.items())}
