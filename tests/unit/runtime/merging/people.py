"""Who is told of, by which identities, and what is counted of them."""

from datetime import timedelta
from typing import Any

from leadlight.activity import Identity, lead_id_of
from leadlight.runtime.api.links import links_view, survivor
from leadlight.state import LeadState
from tests.simulation.quiet import Quiet
from tests.unit.builders import NOW

EMAIL = Identity("email", "ada@acme.example")
OTHER = Identity("email", "ada@home.example")
USER = Identity("user", "42")
COOKIE = Identity("anonymous", "c1")


def told(stack: Quiet, name: str, *identities: Identity, kind: str = "email_clicked", **data: Any) -> None:
    """One activity of a lead that is known by some identities; and all that follows from it."""
    lead = {"identities": [identity._asdict() for identity in identities]}
    names = stack.__dict__.setdefault("names", [])
    names += [] if name in names else [name]  # the same activity keeps its time
    moment = NOW - timedelta(hours=1) + timedelta(seconds=names.index(name))
    event = {"specversion": "1.0", "id": name, "source": "test", "type": kind, "time": moment.isoformat()}
    stack.activity({**event, "data": {"lead": lead, **data}})
    stack.settle()


def lead(stack: Quiet, identity: Identity) -> LeadState:
    """The lead that answers for an identity."""
    state = survivor(lead_id_of(identity), stack.world)
    assert state
    return state


def counted(stack: Quiet, identity: Identity, signal: str = "email_clicked") -> int:
    return sum(lead(stack, identity).fold.signals.get(signal, {}).values())


def say_apart(stack: Quiet, identity: Identity) -> None:
    """What `leadlight unmerge` does."""
    pairs = links_view(lead_id_of(identity), stack.world)["separate"]
    assert pairs
    for number, pair in enumerate(pairs):
        told(stack, f"u{number}", *(Identity(**each) for each in pair), kind="identities_separated")


def ready(stack: Quiet, identity: Identity) -> str:
    """Makes a lead that sales is given; returns the hand-off."""
    traits = {"job_title": "CTO", "company_size": 200, "industry": "software", "country": "DE"}
    told(stack, f"r{identity.value}", identity, kind="lead_identified", traits=traits)
    for number in range(4):
        for kind in ("demo_requested", "trial_started", "webinar_attended"):
            told(stack, f"{kind}{identity.value}{number}", identity, kind=kind)
    opened = lead(stack, identity).standing.hand_off
    assert opened
    return opened.id
