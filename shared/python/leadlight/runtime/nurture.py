"""Nurture: an announced decision about a lead enrolls it in campaigns, or takes it out."""

from collections.abc import Mapping
from typing import Any

from leadlight.activity.order_key import day_number
from leadlight.events.event import decision_of
from leadlight.lifecycle.decide import picture
from leadlight.lifecycle.decision import Decision
from leadlight.model.structs import Campaign
from leadlight.nurture import NurtureState, adopt, enroll
from leadlight.ports import Conflict, Ports
from leadlight.runtime import merging

_ATTEMPTS = 8


def follow(detail: Mapping[str, Any], ports: Ports) -> NurtureState:
    """Brings one announced decision into the lead's enrollments; coming twice or late, it changes nothing.

    A lead that was erased meanwhile is not enrolled: its item is not made, and not left where it was just being made.
    Nor is one that came back since by what it was before.

    Raises:
        Conflict: others were first, eight times in a row; EventBridge tries again.
        Unavailable: the table could not be reached.
    """
    news = decision_of(detail)
    for _ in range(_ATTEMPTS):
        state = ports.leads.get_nurture(news.lead_id)
        if not state.version and _is_of_before(news, ports):
            return state
        followed = enroll(state, news, _campaigns(news, ports), now=ports.now())
        if followed is not state:
            try:
                ports.leads.put_nurture(followed)
            except Conflict:
                continue
        if state.version <= 1 and _is_gone(news, ports):
            ports.leads.erase([news.lead_id])
            return state
        if news.kind == "merged":
            _hand_over(followed, merging.root_of(news.lead_id, ports), ports)
        return followed
    raise Conflict(f"the enrollments were saved by others {_ATTEMPTS} times in a row")


def _hand_over(merged: NurtureState, root: str, ports: Ports) -> None:
    """The lead that another was merged into is in its campaigns from now on."""
    for _ in range(_ATTEMPTS):
        state, lead = ports.leads.get_nurture(root), ports.leads.get(root, consistent=True)
        if lead is None:
            return  # it was erased meanwhile
        if lead.totals is None:
            raise Conflict("the lead that stays has no score yet")
        now = ports.now()
        model = ports.portfolio.of(lead.fold, day_number(now)).model
        joined = adopt(state, merged, picture(lead, model=model, now=now), model.campaigns, now=now)
        if joined is state or root == merged.lead_id:
            return
        try:
            ports.leads.put_nurture(joined)
        except Conflict:
            continue
        return
    raise Conflict(f"the enrollments were saved by others {_ATTEMPTS} times in a row")


def _is_of_before(news: Decision, ports: Ports) -> bool:
    """Whether the lead was erased since it was decided, also where it came back."""
    lead = ports.leads.get(news.lead_id, consistent=True)
    return lead is None or lead.precedes(news.seq)


def _is_gone(news: Decision, ports: Ports) -> bool:
    return ports.leads.get(news.lead_id, consistent=True) is None


def _campaigns(news: Decision, ports: Ports) -> tuple[Campaign, ...]:
    """The campaigns of the model that decided."""
    return next((model.campaigns for model in ports.documents.models if model.id == news.model), ())
