"""A lead joins its account before it is saved: a crash between the two, and what becomes of it."""

import pytest

from leadlight.activity import Identity, lead_id_of
from leadlight.ports import Unavailable
from tests.simulation.quiet import Quiet
from tests.unit.runtime.companies import ACME, COMPANY, about, lead, leads_of, told


def test_a_lead_of_which_nothing_is_left_holds_nobody_up(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """It joined its company, was not saved, and its facts went: it leaves, and joins anew when there are others."""

    def throttled(*_: object) -> None:
        raise Unavailable("throttled")

    about(stack, "a1", COMPANY)
    ada = lead_id_of(Identity("email", "ada@acme.example"))
    with monkeypatch.context() as patch:
        patch.setattr(stack.world.leads, "put", throttled)
        with pytest.raises(AssertionError, match="come to rest"):
            told(stack, "c1", "ada@acme.example")
    assert leads_of(stack, ACME) == [ada]
    stack.world.facts.table.delete(ada, next(iter(stack.world.facts.keys(ada))))
    for lane in stack.world.activities_stream.lanes:
        lane.records.clear()  # its batch was given up
    about(stack, "a2", {**COMPANY, "traits": {"employees": 600}})
    assert leads_of(stack, ACME) == []
    told(stack, "c2", "ada@acme.example")
    assert leads_of(stack, ACME) == [ada]
    assert lead(stack, "ada@acme.example").fold.companies[ACME].traits["company_size"] == 600
