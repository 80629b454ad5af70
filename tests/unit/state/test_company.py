"""A fold's account: where it belongs by what is known, what it was told, and how both are stored."""

from datetime import UTC, datetime

import pytest

from leadlight.activity import Identity, account_id_of
from leadlight.state import Fold, codec
from leadlight.state.company import Told, account_of, belong, learn
from leadlight.state.fold import Company
from leadlight.state.traits import Trait

FREE = frozenset({"gmail.com"})
ACME = account_id_of(Identity("domain", "acme.example"))
KEY = b"\x01" * 14
# A fold as it was stored before there were accounts: a click, job titles, a deal, consent.
BEFORE = bytes.fromhex(
    "960281a7636c69636b656491ce0001512a82a96a6f625f7469746c65a343544fa16e00cd512aac61636d652e6578616d706c659bc40e01a1fdfa"
    "46009eee2738c31b0444c400ffc2c41c01a1fdfa46009eee2738c31b044401a1fdfa46009eee2738c31b044482a96a6f625f7469746c659392a3"
    "43544fc40e01a1ee873200fe630f467a4702d892a343544fc40e01a1f3ad8e009eda74a9f3d9b32292a343544fc40e01a1f8d3ea0046769d41e4"
    "e86a1ba16e939203c40e01a1ee873200fe630f467a4702d89202c40e01a1f3ad8e009eda74a9f3d9b3229201c40e01a1f8d3ea0046769d41e4e8"
    "6a1b9192a5656d61696cb06164614061636d652e6578616d706c6581a2643181a3776f6e93c40e01a1f3ad8e009eda74a9f3d9b322cd01f4a092"
    "c40e01a1ee873200fe630f467a4702d8c38094c40e01a1ee873200fe630f467a4702d8a7636f6e73656e74a474657374a0"
)


def lead(address: str = "", account: str = "") -> Fold:
    return Fold(
        identities={Identity("email", address)} if address else set(),
        traits={"account": Trait(account, KEY)} if account else {},
    )


@pytest.mark.parametrize(
    ("address", "account", "named"),
    [
        ("ada@acme.example", "", Identity("domain", "acme.example")),
        ("ada@gmail.com", "", None),
        ("", "", None),
        ("ada@gmail.com", "crm:7", Identity("crm", "7")),
        ("ada@acme.example", "crm:a:b", Identity("crm", "a:b")),
        ("ada@acme.example", "domain:other.example", Identity("domain", "other.example")),
        ("ada@acme.example", "domain:gmail.com", Identity("domain", "acme.example")),
        ("ada@acme.example", "nothing that names one", Identity("domain", "acme.example")),
    ],
)
def test_a_lead_belongs_to_one_account_or_none(address: str, account: str, named: Identity | None) -> None:
    """What is said of its account first, then the domain of its address, unless anybody can have such a one."""
    assert account_of(lead(address, account), free_mail=FREE) == (account_id_of(named) if named else "")


def test_of_what_an_account_told_the_highest_version_stays() -> None:
    """Whatever comes last, however often."""
    fold = Fold(account=ACME)
    told = [Told(ACME, Company(version, 1, {"company_size": version})) for version in (2, 3, 1, 3)]
    assert [learn(fold, each, version=4) for each in told] == [True, True, False, False]
    assert fold.known_traits() == {"company_size": 3}


def test_another_companys_traits_are_not_taken() -> None:
    """But of one that the lead is about to join: it asked as of a version that it does not have yet."""
    fold = lead("ada@acme.example")
    fold.account, other = ACME, account_id_of(Identity("crm", "7"))
    assert not learn(fold, Told(other, Company(9, 4, {})), version=4)
    assert learn(fold, Told(other, Company(9, 5, {"company_size": 7})), version=4)
    assert "company_size" not in fold.known_traits()
    belong(fold, free_mail=FREE, version=4)
    assert (fold.account, list(fold.companies)) == (ACME, [other])
    fold.traits["account"] = Trait("crm:7", KEY)
    belong(fold, free_mail=FREE, version=5)
    assert (fold.account, fold.known_traits()["company_size"]) == (other, 7)
    del fold.traits["account"]
    belong(fold, free_mail=FREE, version=6)
    assert (fold.account, fold.companies) == (ACME, {})


def test_an_account_that_goes_by_another_name_is_that_one() -> None:
    """It told the lead so, and the lead remembers, whatever the other one tells; no two names lead in a circle."""
    fold, other = lead("", "crm:7"), account_id_of(Identity("crm", "7"))
    fold.account = other
    assert learn(fold, Told(other, Company(2, 1, {"account": "domain:acme.example"})), version=1)
    belong(fold, free_mail=FREE, version=1)
    assert (fold.account, list(fold.companies)) == (ACME, [other])
    assert learn(fold, Told(ACME, Company(1, 2, {"account": "crm:7"})), version=2)
    belong(fold, free_mail=FREE, version=2)
    assert fold.account == ACME


def test_an_account_lies_under_what_the_lead_itself_is_known_for() -> None:
    """In a fold, and in its bytes; on every day, since an account's past is not kept."""
    fold = Fold(account=ACME, traits={"industry": Trait("finance", KEY)})
    fold.companies = {ACME: Company(2, 1, {"industry": "software", "job_title": "CEO", "company_size": 5})}
    known = {"industry": "finance", "company_size": 5, "job_title": "CEO", "seniority": "executive"}
    stored = codec.encode(fold)
    assert fold.known_traits().items() >= known.items()
    assert codec.read(stored).known_traits() == fold.known_traits()
    assert codec.decode(stored) == fold
    assert codec.encode(codec.decode(stored)) == stored
    assert fold.known_traits(0).keys() == known.keys() - {"industry"} | {"industry"}


def test_a_fold_that_was_stored_before_there_were_accounts_reads() -> None:
    """It belongs nowhere yet, and joins with its next rescore; all else is as it was."""
    fold = codec.decode(BEFORE)
    assert (fold.account, fold.companies) == ("", {})
    assert fold.signals == {"clicked": {20778: 1}}
    assert (fold.email, list(fold.deals)) == ("ada@acme.example", ["d1"])
    assert codec.read(BEFORE).known_traits()["job_title"] == "CTO"
    assert codec.decode(codec.encode(fold)) == fold
    assert datetime(2026, 11, 21, tzinfo=UTC).toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal() == 20778
