"""One lead's fold, made anew: decisions are carried unchanged, and nothing is announced."""

from typing import Any

from leadlight.activity import is_account
from leadlight.ports import Ports
from leadlight.problems import NotFound
from leadlight.runtime import accounts
from leadlight.runtime.news import News
from leadlight.runtime.repair.audit import difference_view
from leadlight.runtime.repair.redeliver import redeliver
from leadlight.runtime.repair.refold import refold
from leadlight.runtime.rescore import rescore
from leadlight.runtime.streams import Record
from leadlight.state import LeadState
from leadlight.state.readable import Difference


def rebuild(lead_id: str, ports: Ports) -> dict[str, Any]:
    """Folds a lead (or an account) anew from its facts, and stores it where it differs from what is stored.

    One that has facts and no state is brought in as if they came now: whatever would have brought it was given up.

    Raises:
        NotFound: nothing is stored of it, or it is merged and its facts are at another lead.
        Conflict: others saved it again and again.
    """
    state = ports.leads.get(lead_id, consistent=True)
    if state is None:
        return {"lead_id": lead_id, "rebuilt": True, "differences": list(map(difference_view, _begun(lead_id, ports)))}
    if state.kin.root:
        raise NotFound(f"{lead_id} is merged into {state.kin.root}, which has its facts: rebuild that", field="lead_id")
    found = refold(state, ports).differences
    if found:
        news = News(lead_id, [], [], anew=True)
        if is_account(lead_id):
            accounts.bring(news, ports)
        else:
            rescore(news, ports)
    return {"lead_id": lead_id, "rebuilt": bool(found), "differences": list(map(difference_view, found))}


def _begun(lead_id: str, ports: Ports) -> list[Difference]:
    """Brings in a lead that was never saved; what its facts come to, beside nothing."""
    keys = ports.facts.keys(lead_id)
    found = refold(LeadState(lead_id), ports).differences if keys else []
    redeliver([_told(lead_id, key) for key in keys], ports)
    if ports.leads.get(lead_id, consistent=True) is None:
        raise NotFound(f"no lead {lead_id}: it never did anything, or was erased", field="lead_id")
    return found


def _told(lead_id: str, key: str) -> Record:
    """What a stream would say of an item."""
    keys = {"lead_id": {"S": lead_id}, "key": {"S": key}}
    return {"eventName": "MODIFY", "dynamodb": {"Keys": keys, "SequenceNumber": "0"}}
