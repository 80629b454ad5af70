"""What is told of companies and their leads, and what becomes of it."""

from datetime import timedelta
from typing import Any

from leadlight.activity import Identity, account_id_of, lead_id_of
from leadlight.state import LeadState
from tests.simulation.quiet import Quiet
from tests.unit.builders import NOW

DOMAIN = Identity("domain", "acme.example")
ACME = account_id_of(DOMAIN)
COMPANY = {"domain": "acme.example", "traits": {"name": "Acme", "employees": 500, "industry": "software"}}


def told(stack: Quiet, name: str, who: str | None, *, kind: str = "email_clicked", ago: float = 1, **data: Any) -> None:
    """One activity, so many hours ago, and all that follows from it."""
    moment = (NOW - timedelta(hours=ago)).isoformat()
    event = {"specversion": "1.0", "id": name, "source": "test", "type": kind, "time": moment, "data": data}
    stack.activity({**event, "subject": who} if who else event)
    stack.settle()


def about(stack: Quiet, name: str, company: dict[str, Any], *, ago: float = 1) -> None:
    """What a CRM says of a company."""
    told(stack, name, None, kind="account_identified", ago=ago, account=company)


def lead(stack: Quiet, who: str) -> LeadState:
    state = stack.world.leads.get(lead_id_of(Identity("email", who)), consistent=True)
    assert state
    return state


def leads_of(stack: Quiet, account_id: str) -> list[str]:
    return [each.lead_id for each in stack.world.accounts.members(account_id, limit=10_000)]
