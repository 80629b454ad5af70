"""One lead's fold, made anew: decisions are carried unchanged, and nothing is announced."""

from typing import Any

from leadlight.activity import is_account
from leadlight.ports import Ports
from leadlight.problems import NotFound
from leadlight.runtime import accounts
from leadlight.runtime.news import News
from leadlight.runtime.repair.audit import difference_view
from leadlight.runtime.repair.refold import refold
from leadlight.runtime.rescore import rescore


def rebuild(lead_id: str, ports: Ports) -> dict[str, Any]:
    """Folds a lead (or an account) anew from its facts, and stores it where it differs from what is stored.

    Raises:
        NotFound: it has no state, or it is merged and its facts are at another lead.
        Conflict: others saved it again and again.
    """
    state = ports.leads.get(lead_id, consistent=True)
    if state is None:
        raise NotFound(f"no lead {lead_id}: it never did anything, or was erased", field="lead_id")
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
