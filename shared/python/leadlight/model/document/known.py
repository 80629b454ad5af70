"""The names that a model may use: of signals, of traits, of what job titles say."""

from leadlight.model.job_title import DEPARTMENTS, SENIORITIES
from leadlight.sources.traits import canonical

READ_FROM_TITLE = {"seniority": SENIORITIES, "department": DEPARTMENTS}
TRAITS = (
    "company", "company_size", "country", "email_domain", "first_name", "industry", "job_title", "last_name",
    *READ_FROM_TITLE,
)  # fmt: skip


def stored_as(trait: str) -> str:
    """The name under which a tool's trait is stored."""
    return next(iter(canonical({trait: ""})), trait)  # no tool says what a team does: that has its name already
