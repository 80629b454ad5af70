"""One person, one lead, on the deployed stack: through the API and the operator's commands, with grants enforced."""

import json
from typing import Any

from infra.local.session import LocalStack
from leadlight.activity import Identity, lead_id_of
from tests.e2e.operator import operator
from tests.e2e.requests import activities, ago

EMAIL = Identity("email", "mara@merges.example")
USER = Identity("user", "merges-42")
COOKIE = Identity("anonymous", "merges-cookie")


def told(stack: LocalStack, name: str, *identities: Identity, kind: str = "email_clicked") -> None:
    event: dict[str, Any] = {"specversion": "1.0", "id": name, "source": "e2e-merges", "type": kind}
    event |= {"time": ago(minutes=5), "data": {"lead": {"identities": [each._asdict() for each in identities]}}}
    assert activities(stack, event).status == 202


def test_identities_join_leads_and_an_operator_takes_them_apart(stack_enforced: LocalStack) -> None:
    """Whatever id is asked for, the survivor answers; after `unmerge` each answers for itself; `merge` joins again."""
    cli = operator(stack_enforced)

    def clicks(identity: Identity) -> tuple[str, int]:
        found = json.loads(cli("lead", lead_id_of(identity), "--json"))
        return found["lead_id"], sum(found["activity_by_day"]["email_clicked"].values())

    told(stack_enforced, "m1", COOKIE)
    told(stack_enforced, "m2", USER, COOKIE)
    stack_enforced.wait_idle()
    told(stack_enforced, "m3", EMAIL, USER)
    stack_enforced.wait_idle()
    told(stack_enforced, "m4", COOKIE)
    stack_enforced.wait_idle()
    assert {clicks(identity) for identity in (COOKIE, USER, EMAIL)} == {(lead_id_of(EMAIL), 4)}
    merged = json.loads(cli("lead", EMAIL.value, "--json"))["merged"]
    assert {each["lead_id"] for each in merged} == {lead_id_of(USER), lead_id_of(COOKIE)}

    assert "are not the same person" in cli("unmerge", lead_id_of(USER))
    stack_enforced.wait_idle()
    assert clicks(EMAIL) == (lead_id_of(EMAIL), 1)
    assert clicks(COOKIE) == clicks(USER) == (lead_id_of(USER), 3)

    cli("merge", EMAIL.value, "user:merges-42")
    stack_enforced.wait_idle()
    assert clicks(COOKIE) == (lead_id_of(EMAIL), 4)


def test_a_shared_mailbox_scores_nothing_and_joins_nobody(stack_enforced: LocalStack) -> None:
    """`leadlight shared` takes effect on those that it had joined."""
    cli = operator(stack_enforced)
    mailbox, first = Identity("email", "info@merges.example"), Identity("user", "merges-1")
    told(stack_enforced, "s1", mailbox, first)
    told(stack_enforced, "s2", first)
    stack_enforced.wait_idle()
    assert json.loads(cli("lead", "user:merges-1", "--json"))["lead_id"] == lead_id_of(mailbox)
    cli("shared", mailbox.value)
    stack_enforced.wait_idle()
    assert json.loads(cli("lead", "user:merges-1", "--json"))["lead_id"] == lead_id_of(first)
    alone = json.loads(cli("lead", mailbox.value, "--json"))
    assert alone["score"] == 0
