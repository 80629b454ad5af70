"""A lead that leaves its root in the middle of its steps: nobody follows it there, and nothing stays behind."""

from typing import Any

import pytest

from functions.rescore import handler as rescore
from leadlight.activity import lead_id_of
from leadlight.ports import Unavailable
from leadlight.runtime import merging
from leadlight.runtime import rescore as rescoring
from tests.simulation.quiet import Quiet, quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW
from tests.unit.runtime.merging.people import COOKIE, EMAIL, USER, counted, lead, say_apart, told

ROUNDS = 10


def test_who_left_before_it_entered_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user is saved as the address's, and taken out of it before it was a member there: its cookie goes with it."""
    carry_out = merging.carry_out

    def stuck(state: Any, ports: Any) -> None:
        if state.lead_id == lead_id_of(USER):
            raise Unavailable("throttled")
        carry_out(state, ports)

    def rounds(stack: Quiet) -> None:
        for _ in range(ROUNDS):
            stack._drain(stack.world.activities_stream, rescore)

    with quiet(NOW) as stack:
        told(stack, "a1", EMAIL, COOKIE)
        with monkeypatch.context() as patch:
            patch.setattr(merging, "carry_out", stuck)
            patch.setattr(Quiet, "settle", rounds)
            told(stack, "a2", USER, COOKIE)
            assert lead(stack, USER).lead_id == lead_id_of(EMAIL)
            assert lead_id_of(USER) not in {each.lead_id for each in stack.world.merges.members(lead_id_of(EMAIL))}
            told(stack, "u1", COOKIE, EMAIL, kind="identities_separated")
        stack.settle()
        assert lead(stack, COOKIE).lead_id == lead(stack, USER).lead_id == lead_id_of(USER)
        assert (counted(stack, EMAIL), counted(stack, USER)) == (1, 1)


def test_what_is_forwarded_while_a_lead_leaves_counts_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stored after the leaving lead read its facts, and was brought on by what was saved before it left."""
    rebuild, came = rescoring.rebuild, list[str]()

    def overtaken(state: Any, ports: Any) -> None:
        rebuild(state, ports)
        if state.lead_id == lead_id_of(USER) and not came:
            came.append("a4")
            with monkeypatch.context() as patch:
                patch.setattr(Quiet, "settle", lambda _: None)
                told(stack, "a4", USER)
            lanes = [lane for lane in stack.world.activities_stream.lanes if lane.records]
            newest = max((lane.records for lane in lanes), key=lambda held: held[-1]["dynamodb"]["SequenceNumber"])
            assert rescore.lambda_handler({"Records": [newest.pop()]}, CONTEXT) == {"batchItemFailures": []}

    with quiet(NOW) as stack:
        told(stack, "a1", USER)
        told(stack, "a2", EMAIL, USER)
        told(stack, "a3", USER)
        assert counted(stack, EMAIL) == 3
        monkeypatch.setattr(rescoring, "rebuild", overtaken)
        say_apart(stack, USER)
        assert came
        assert (counted(stack, EMAIL), counted(stack, USER)) == (1, 3)
        assert stack.audit()["differing"] == {}


def test_a_link_that_comes_back_while_a_lead_leaves_is_not_lost(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is told of it finds the lead as it was before it left, and that it says nothing new."""
    told(stack, "a1", EMAIL, USER)
    put, lanes = stack.world.leads.put, stack.world.activities_stream.lanes

    def deliver(number: int) -> None:
        """What has come since this record, and what follows from it."""
        while later := [each for lane in lanes for each in lane.records if int(_number(each)) > number]:
            assert rescore.lambda_handler({"Records": later}, CONTEXT) == {"batchItemFailures": []}
            for each in later:
                next(lane for lane in lanes if each in lane.records).records.remove(each)

    def overtaken(state: Any) -> None:
        if state.lead_id == lead_id_of(USER) and not state.kin.root:
            monkeypatch.setattr(stack.world.leads, "put", put)
            newest = max(int(_number(each)) for lane in lanes for each in lane.records)
            monkeypatch.setattr(Quiet, "settle", lambda _: deliver(newest))
            told(stack, "s2", EMAIL, kind="identity_personal")
            monkeypatch.undo()
        put(state)

    monkeypatch.setattr(stack.world.leads, "put", overtaken)
    told(stack, "s1", EMAIL, kind="identity_shared")
    assert stack.world.leads.put == put
    assert lead(stack, USER).lead_id == lead_id_of(EMAIL)
    assert stack.audit()["differing"] == {}


def _number(record: Any) -> str:
    return str(record["dynamodb"]["SequenceNumber"])
