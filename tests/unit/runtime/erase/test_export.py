"""What is held of a person, all of it."""

import msgspec

from leadlight.nurture.enroll import Enrollment
from leadlight.runtime.erase import export as exporting
from tests.unit.runtime.erase.grace import ADDRESS, COOKIE, NAME, USER, assembled, lead, lived


def test_an_export_holds_everything(stack, monkeypatch):
    """Who they are, their leads, every fact once, decisions, enrollments, and the failed event; in small pages too."""
    lived(stack)
    whole = assembled(stack)
    monkeypatch.setattr(exporting, "FACTS", 1)
    assert assembled(stack) == whole
    assert {identity["value"] for identity in whole["identities"]} == {ADDRESS, USER, COOKIE}
    assert whole["lead"]["deals"]
    assert whole["lead"]["decisions"]
    told = {(fact["source"], fact["id"], fact["about"]) for fact in whole["facts"]}
    assert len(told) == len(whole["facts"])
    assert {"m-0", "m-7", "m-8", "m-9", "deal"} <= {name for _, name, _ in told}
    [failed] = whole["failed_events"]
    assert failed["content"][0]["traits"] == {"name": NAME}
    assert "must be one of" in failed["reason"]


def test_an_export_holds_what_merged_leads_were_enrolled_in(stack):
    """Each member's campaigns."""
    lived(stack)
    member = lead("user", USER)
    enrolled = {"welcome": Enrollment("2026-11-01T00:00:00.000Z")}
    before = stack.world.leads.get_nurture(member)
    stack.world.leads.put_nurture(msgspec.structs.replace(before, enrollments=enrolled))
    [told] = assembled(stack)["enrollments"]
    assert (told["lead_id"], list(told["campaigns"])) == (member, ["welcome"])
