"""Merges on an in-memory DynamoDB: what is newer stays, whoever writes last."""

import pytest
from msgspec.structs import replace

from leadlight.activity import Identity
from leadlight.adapters.facts import DynamoFacts
from leadlight.adapters.leads import DynamoLeads
from leadlight.adapters.merges import DynamoMerges
from leadlight.merge import Link, Member
from leadlight.ports import Conflict
from leadlight.state import LeadState
from tests.unit.builders import fact

USER, EMAIL = Identity("user", "42"), Identity("email", "ada@acme.com")


@pytest.fixture
def merges(aws) -> DynamoMerges:
    return DynamoMerges("activities", "leads", 400)


def test_of_what_an_issuer_says_the_newest_counts(merges: DynamoMerges) -> None:
    """A link of an older version changes nothing; of equal versions the separation stays."""
    link = Link("ld_user", USER, EMAIL, "ld_email", joined=True, version=3)
    merges.link([link, link._replace(joined=False, version=2)])
    assert merges.links("ld_user") == [link]
    apart = link._replace(joined=False)
    merges.link([apart, link])
    assert merges.links("ld_user") == [apart]


def test_members_come_and_go_by_epoch(merges: DynamoMerges, leads: DynamoLeads) -> None:
    """A removal that comes late removes no later membership."""
    leads.put(LeadState("ld_user"))
    member = Member("ld_email", "ld_user", USER, 5, b"standing")
    merges.enter(member, version=1)
    merges.leave("ld_email", "ld_user", epoch=4)
    assert merges.members("ld_email") == [member]
    assert merges.member("ld_email", "ld_user") == member
    merges.leave("ld_email", "ld_user", epoch=5)
    assert merges.member("ld_email", "ld_user") is None


def test_nobody_enters_whose_state_has_moved_on(merges: DynamoMerges, leads: DynamoLeads) -> None:
    """A member that comes late would stay for good."""
    leads.put(LeadState("ld_user"))
    leads.put(LeadState("ld_user", version=1))
    with pytest.raises(Conflict):
        merges.enter(Member("ld_email", "ld_user", USER, 1), version=1)
    assert not merges.members("ld_email")


def test_copies_count_while_their_owner_is_a_member(
    merges: DynamoMerges,
    facts: DynamoFacts,
    leads: DynamoLeads,
) -> None:
    """Of the member's epoch, and once where the lead has the same fact itself."""
    leads.put(LeadState("ld_user"))
    own = replace(fact(), lead_id="ld_user")
    merges.copy([own.copied(to="ld_email", epoch=5), own.copied(to="ld_email", epoch=4)], over=True)
    assert facts.every("ld_email") == []
    merges.enter(Member("ld_email", "ld_user", USER, 5), version=1)
    [copy] = facts.every("ld_email")
    assert (copy.owner, copy.epoch, copy.order_key) == ("ld_user", 5, own.order_key)
    facts.put([replace(own, lead_id="ld_email")])
    assert [each.owner for each in facts.every("ld_email")] == [""]
    merges.uncopy([copy])
    assert len(facts.keys("ld_email")) == 2


def test_a_poke_is_news_once(merges: DynamoMerges, aws) -> None:
    """The same mark again changes nothing, so the stream tells nobody."""
    for _ in range(2):
        merges.poke(["ld_user"], by="ld_email", mark="7")
    [item] = aws.scan(TableName="activities")["Items"]
    assert item["mark"]["S"] == "7"
