"""Traits under the names that scoring models use, whatever the tool calls them."""

from collections.abc import Mapping

from leadlight.activity.activity import Scalar

_ALIASES: Mapping[str, str] = {
    "title": "job_title",
    "jobtitle": "job_title",
    "position": "job_title",
    "company.name": "company",
    "company_name": "company",
    "organization": "company",
    "company.employees": "company_size",
    "company.employee_count": "company_size",
    "company.size": "company_size",
    "employees": "company_size",
    "company.industry": "industry",
    "address.country": "country",
    "firstname": "first_name",
    "lastname": "last_name",
    "account": "company",  # which account a lead belongs to is said by the account's identities
}
_RESERVED = frozenset({"shared_identity"})  # a team's word, not a tool's

_CANONICAL = frozenset({"company", "company_size", "industry", "country"})
_OF_COMPANY: Mapping[str, str] = {"country": "country", "address.country": "country"}
_CONTACT = frozenset({"email", "phone"})  # whose they are, nobody says


def canonical(traits: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The traits by their canonical names; where two names mean one trait, the canonical name wins.

    Shape: {"title": "CTO", "company.employees": 120} -> {"company_size": 120, "job_title": "CTO"}.
    """
    renamed = {_ALIASES.get(_folded(name), _folded(name)): value for name, value in traits.items()}
    exact = {name: value for name, value in traits.items() if name in renamed}
    return {name: value for name, value in sorted({**renamed, **exact}.items()) if name not in _RESERVED}


def of_company(traits: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """A company's traits under the names that they have among a lead's; how to write to it is left out.

    Shape: {"name": "Acme", "employees": 120, "plan": "pro"} -> {"company": "Acme", "company_size": 120,
    "company.plan": "pro"}.
    """
    plain = {_folded(name): value for name, value in traits.items()}
    return canonical(
        {
            _OF_COMPANY.get(name) or (name if name in _CANONICAL else f"company.{name}"): value
            for name, value in sorted(plain.items())
            if name not in _CONTACT
        }
    )


def _folded(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
