"""Accounts and their leads on an in-memory DynamoDB: what is newer stays, whoever writes last."""

import pytest

from leadlight.adapters.account_items import told_from_item
from leadlight.adapters.accounts import DynamoAccounts
from leadlight.adapters.clients import client
from leadlight.adapters.facts import DynamoFacts
from leadlight.ports import Membership, Round
from leadlight.state.company import Told
from leadlight.state.fold import Company

ADA = Membership("ac_acme", "ld_ada", 3, 40)


@pytest.fixture
def accounts(aws) -> DynamoAccounts:
    return DynamoAccounts("activities")


def test_leads_come_and_go_by_version(accounts: DynamoAccounts) -> None:
    """A removal that comes late removes no later join, and an old join does not replace a new one."""
    accounts.join(ADA)
    accounts.join(ADA._replace(version=2, score=90))
    accounts.leave("ac_acme", "ld_ada", version=2)
    assert accounts.members("ac_acme", limit=10) == [ADA]
    accounts.leave("ac_acme", "ld_ada", version=3)
    accounts.leave("ac_acme", "ld_ada", version=3)
    assert accounts.members("ac_acme", limit=10) == []


def test_leads_are_read_in_pages(accounts: DynamoAccounts) -> None:
    """By their ids, each once, and nothing else of the account."""
    names = [f"ld_{letter}" for letter in "abcde"]
    for name in names:
        accounts.join(ADA._replace(lead_id=name))
    accounts.go_on(Round("ac_acme", 3))
    found, after = [], ""
    while page := accounts.members("ac_acme", after=after, limit=2):
        found += [each.lead_id for each in page]
        after = page[-1].lead_id
    assert found == names


def test_a_lead_is_told_one_thing_by_each_account(accounts: DynamoAccounts, facts: DynamoFacts) -> None:
    """It reads back as it was, and it is no fact."""
    told = Told("ac_acme", Company(5, 3, {"company": "Acme", "company_size": 40, "public": True}), backfill=True)
    for count in (1, 30):
        accounts.tell([(f"ld_{number}", told) for number in range(count)])
        accounts.tell([("ld_0", told)])
    [key] = facts.keys("ld_0")
    item = client("dynamodb").get_item(TableName="activities", Key={"lead_id": {"S": "ld_0"}, "key": {"S": key}})[
        "Item"
    ]
    assert told_from_item(item) == told
    assert facts.keys("ld_29") == [key]
    assert facts.every("ld_0") == []


def test_a_round_goes_forward_only(accounts: DynamoAccounts) -> None:
    """By version, then by lead: what is delivered twice does not start it again."""

    def stored() -> tuple[str, str]:
        key = {"lead_id": {"S": "ac_acme"}, "key": {"S": "round#"}}
        item = client("dynamodb").get_item(TableName="activities", Key=key)["Item"]
        return item["version"]["N"], item["after"]["S"]

    for given, wanted in (
        (Round("ac_acme", 3), ("3", "")),
        (Round("ac_acme", 3, "ld_m", backfill=True), ("3", "ld_m")),
        (Round("ac_acme", 3), ("3", "ld_m")),
        (Round("ac_acme", 2, "ld_z"), ("3", "ld_m")),
        (Round("ac_acme", 4), ("4", "")),
    ):
        accounts.go_on(given)
        assert stored() == wanted
