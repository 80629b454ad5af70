"""The lifecycle stages and every legal way between them."""

from collections.abc import Mapping

LEAD = "lead"
MQL = "mql"
SQL = "sql"
SAL = "sal"
OPPORTUNITY = "opportunity"
CUSTOMER = "customer"
DISQUALIFIED = "disqualified"
RECYCLED = "recycled"
CHURNED = "churned"

STAGE_NAMES = (LEAD, MQL, SQL, SAL, OPPORTUNITY, CUSTOMER, DISQUALIFIED, RECYCLED, CHURNED)

_WAY = (LEAD, MQL, SQL, SAL, OPPORTUNITY, CUSTOMER)  # each further than the one before; in the others it has left

# Deals are facts and may come from any stage; the rest is what a rule of the model may ask for.
_BY_DEAL = {OPPORTUNITY, CUSTOMER}
TRANSITIONS: Mapping[str, frozenset[str]] = {
    LEAD: frozenset({MQL, SQL, DISQUALIFIED} | _BY_DEAL),
    MQL: frozenset({LEAD, SQL, SAL, DISQUALIFIED, RECYCLED} | _BY_DEAL),
    SQL: frozenset({LEAD, MQL, SAL, DISQUALIFIED, RECYCLED} | _BY_DEAL),
    SAL: frozenset({SQL, DISQUALIFIED, RECYCLED} | _BY_DEAL),
    RECYCLED: frozenset({MQL, SQL, DISQUALIFIED} | _BY_DEAL),
    OPPORTUNITY: frozenset({CUSTOMER, RECYCLED, DISQUALIFIED}),
    CUSTOMER: frozenset({CHURNED, OPPORTUNITY, RECYCLED}),
    CHURNED: frozenset({RECYCLED} | _BY_DEAL),
    DISQUALIFIED: frozenset({RECYCLED} | _BY_DEAL),
}


def is_legal(before: str, after: str) -> bool:
    """Whether a lead may go from one stage to the other."""
    return after in TRANSITIONS[before]


def is_fall(before: str, after: str) -> bool:
    """Whether a lead goes back on its way to a customer. One that had left the way, as recycled, comes anew.

    >>> is_fall("sql", "mql"), is_fall("lead", "mql"), is_fall("recycled", "mql")
    (True, False, False)
    """
    return before in _WAY and after in _WAY[: _WAY.index(before)]
