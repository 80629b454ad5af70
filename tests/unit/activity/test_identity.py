"""Identities: how they are normalized, and which one names the lead."""

import pytest

from leadlight.activity import Identity, facts_of, lead_id_of, strongest
from leadlight.activity.identity import domain, email, without_tag
from tests.unit.builders import NOW, activity


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        (" Ada@Acme.COM ", "ada@acme.com"),
        ("ada+news@acme.com", "ada+news@acme.com"),
        ("ada@acme", None),
        ("a b@c.de", None),
    ],
)
def test_an_address_is_trimmed_and_in_lower_case(given: str, normal: str | None) -> None:
    """What is no address names nobody."""
    assert email(given) == (Identity("email", normal) if normal else None)


@pytest.mark.parametrize(
    ("given", "plain"), [("ada+news@acme.com", "ada@acme.com"), ("+x@acme.com", "+x@acme.com"), ("a@b.co", "a@b.co")]
)
def test_a_plus_tag_is_folded_where_the_stack_says_so(given: str, plain: str) -> None:
    """Kept by default; folded, the facts of both addresses are one lead's."""
    assert without_tag(Identity("email", given)) == Identity("email", plain)
    told = activity(identities=(Identity("email", given),))
    kept, folded = (next(facts_of(told, received_at=NOW, fold_tags=each)).lead_id for each in (False, True))
    assert (kept, folded) == (lead_id_of(Identity("email", given)), lead_id_of(Identity("email", plain)))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("https://www.Acme.com/about", "acme.com"),
        ("ada@acme.com", "acme.com"),
        ("acme.com:443", "acme.com"),
        ("acme", None),
    ],
)
def test_a_company_goes_by_its_domain(given: str, name: str | None) -> None:
    """From a URL, an address or the domain itself."""
    assert domain(given) == (Identity("domain", name) if name else None)


def test_the_strongest_identity_is_the_same_in_any_order() -> None:
    """Email, then user id, then a tool's own, then anonymous; of equals the smaller lead id."""
    names = [Identity("anonymous", "a"), Identity("crm", "7"), Identity("user", "1"), Identity("email", "a@b.co")]
    while names:
        assert strongest(names) == strongest(names[::-1]) == names.pop()
    equals = [Identity("email", f"{name}@b.co") for name in "abc"]
    assert strongest(equals) == min(equals, key=lead_id_of)
    assert strongest(()) is None
