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
}


def canonical(traits: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The traits by their canonical names; where two names mean one trait, the canonical name wins.

    Shape: {"title": "CTO", "company.employees": 120} -> {"company_size": 120, "job_title": "CTO"}.
    """
    renamed = {_ALIASES.get(_folded(name), _folded(name)): value for name, value in traits.items()}
    exact = {name: value for name, value in traits.items() if name in renamed}
    return dict(sorted({**renamed, **exact}.items()))


def _folded(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
