"""Nurture: an announced decision about a lead enrolls it in campaigns, or takes it out."""

from collections.abc import Mapping
from typing import Any

from leadlight.events.event import decision_of
from leadlight.lifecycle.decision import Decision
from leadlight.model.structs import Campaign
from leadlight.nurture import NurtureState, enroll
from leadlight.ports import Conflict, Ports

_ATTEMPTS = 8


def follow(detail: Mapping[str, Any], ports: Ports) -> NurtureState:
    """Brings one announced decision into the lead's enrollments; coming twice or late, it changes nothing.

    Raises:
        Conflict: others were first, eight times in a row; EventBridge tries again.
        Unavailable: the table could not be reached.
    """
    news = decision_of(detail)
    for _ in range(_ATTEMPTS):
        state = ports.leads.get_nurture(news.lead_id)
        followed = enroll(state, news, _campaigns(news, ports), now=ports.now())
        if followed is state:
            return state
        try:
            ports.leads.put_nurture(followed)
        except Conflict:
            continue
        return followed
    raise Conflict(f"{news.lead_id}'s enrollments were saved by others {_ATTEMPTS} times in a row")


def _campaigns(news: Decision, ports: Ports) -> tuple[Campaign, ...]:
    """The campaigns of the model that decided."""
    return next((model.campaigns for model in ports.documents.models if model.id == news.model), ())
