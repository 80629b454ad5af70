"""What is asked of repair: said where it is wrong, and naming nobody in a log."""

import pytest

from tests.unit.builders import cloudevent
from tests.unit.runtime.repair.broken import ADA, ADDRESS, ALL, LIST, ONE, SHOW, status, track, wrong


@pytest.mark.parametrize(
    ("route", "query", "parameters", "expected"),
    [
        (LIST, {"from": "soon"}, {}, 422),
        (LIST, {"state": "lost"}, {}, 422),
        (LIST, {"limit": "0"}, {}, 422),
        (LIST, {"source": "mailchimp"}, {}, 422),
        (LIST, {"from": "2026-11-21", "to": "2026-11-20"}, {}, 422),
        (LIST, {"next": "nonsense"}, {}, 422),
        (SHOW, {}, {"failed_id": "2026-11-21.segment.none"}, 404),
        (ONE, {}, {"failed_id": "nonsense"}, 404),
        ("GET /v1/audit", {"part": "4", "parts": "4"}, {}, 422),
        ("GET /v1/audit", {"lead_id": "x"}, {}, 422),
        ("GET /v1/audit", {"next": "x"}, {}, 422),
        ("GET /v1/audit", {"next": "0/1:x"}, {}, 422),
        ("GET /v1/audit", {"part": "1", "parts": "4", "next": "0/4:ld_x#state"}, {}, 422),
        ("POST /v1/redrive", {"next": "nonsense"}, {}, 422),
        (LIST, {"from": "0001-01-01T00:00:00+14:00"}, {}, 422),
        ("GET /v1/audit", {"lead_id": "ld_nobody"}, {}, 404),
        ("POST /v1/leads/{lead_id}/rebuild", {}, {"lead_id": "x"}, 422),
        ("GET /v1/nothing", {}, {}, 404),
    ],
)
def test_what_is_asked_wrong_is_said(stack, route, query, parameters, expected):
    """With the field and the fix."""
    assert status(route, query=query, **parameters) == expected


def test_no_log_line_names_anybody(stack, caplog, outage):
    """Neither bodies nor reasons nor leads are logged."""
    with caplog.at_level("INFO"):
        stack.segment(track("Demo Requested", 1, messageId="log-1"))
        stack.activity(cloudevent("email_clicked"))
        stack.settle()
        outage.undo()
        [listed] = stack.repair(LIST)["failed_events"]
        stack.repair(SHOW, failed_id=listed["id"])
        stack.repair(ALL)
        stack.settle()
        wrong(stack)
        stack.audit()
        stack.repair("POST /v1/leads/{lead_id}/rebuild", lead_id=ADA)
        stack.redrive()
    lines = repr([record.__dict__ for record in caplog.records])
    assert {"failed event", "replayed", "redriven", "audited", "rebuilt"} <= {each.message for each in caplog.records}
    assert not [name for name in (ADDRESS, ADA, "log-1") if name in lines]
