"""Conditions: what people write about a trait becomes a plain test that the engine reads."""

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from leadlight.model.document import countries
from leadlight.model.document.conditions import TraitConditionPart
from leadlight.model.document.countries import GROUPS, known, names_of
from leadlight.model.document.free_mail import free_mail_domains
from leadlight.signals import Condition

CODES = list(json.loads(Path(countries.__file__).with_name("countries.json").read_text()))


def condition(text: str, *, free_mail: tuple[str, ...] = ()) -> Condition:
    """A condition from the YAML that people write."""
    return TraitConditionPart.model_validate(dict(YAML(typ="safe").load(text))).on_trait(free_mail)


@pytest.mark.parametrize(
    ("text", "holds", "fails"),
    [
        ("{at_least: 50, at_most: 1000}", [50, 1000, "1,000", " 1,000.00 ", 73.5, "5e1"], [49, 1001, "many", True, None, "99,50", "1_00", "1.000,00", "1,0000"]),
        ("{any_of: [Software, 7, true]}", ["software", " SOFTWARE ", 7, "7", True], ["hardware", 1, None]),
        ("{none_of: [agency]}", ["software", 3], ["Agency", None]),
        ("{starts_with: /Pricing}", ["/pricing/teams", " /PRICING"], ["/about/pricing", None]),
        ("{ends_with: .edu}", ["mit.edu", "MIT.EDU "], ["mit.education", None]),
        (r"{matches: '\bdata\b'}", ["Head of Data"], ["Database", None]),
        ("{exists: true}", ["", 0, False], [None]),
        ("{exists: false}", [None], ["", 0, False]),
        ("{at_least: 10, none_of: [13]}", [10, 14], [13, 9]),
        ("{any_of: [a.io, b.io], starts_with: a}", ["a.io"], ["b.io"]),
        ("{country: [DE, US]}", ["DE", "deu", "Germany", "Deutschland", "usa", "U.S.", "United States of America"], ["AT", None]),
        ("{country: [GB, NL]}", ["UK", "United Kingdom", "England", "Holland", "The Netherlands"], ["US"]),
        ("{country: [NO]}", ["Norway", "NO", "nor"], [False, "no way"]),
        ("{country: [DACH]}", ["Österreich", "CH", "Schweiz", "germany"], ["NL"]),
        ("{free_mail: true}", ["gmail.com", "GMX.de", "qq.com", "my-isp.example"], ["acme.com", None]),
        ("{free_mail: false}", ["acme.com"], ["gmail.com", "my-isp.example", None]),
        ("{free_mail: false, none_of: [rival.example]}", ["acme.com"], ["gmail.com", "rival.example"]),
    ],
)  # fmt: skip
def test_a_condition_holds_for_these_values(text: str, holds: list[object], fails: list[object]):
    """A value that is missing meets only `exists: false`."""
    found = condition(text, free_mail=("my-isp.example",))
    assert [value for value in holds if not found.holds(value)] == []
    assert [value for value in fails if found.holds(value)] == []


def test_every_country_has_two_codes_and_a_name_that_no_other_has():
    """All of ISO 3166, and Kosovo, which forms list and ISO does not."""
    every = [names_of([code]) for code in CODES]
    assert len(every) == 250
    assert all(len(names[0]) == 2 and len(names[1]) == 3 and len(names) > 2 for names in every)
    flat = [name.lower() for names in every for name in names]
    assert len(flat) == len(set(flat))


def test_groups_name_countries():
    """Twenty-seven in the EU."""
    assert len(GROUPS["EU"]) == 27
    assert {member for members in GROUPS.values() for member in members} <= set(CODES)


@pytest.mark.parametrize(
    ("wrong", "hint"), [("Germny", "DE (Germany)"), ("Untied States", "US (United States)"), (49, "")]
)
def test_an_unknown_country_is_told_with_the_nearest(wrong: object, hint: str):
    """By the name that people know it by."""
    with pytest.raises(ValueError, match="write ISO codes such as DE or USA") as found:
        known(wrong)
    assert hint in str(found.value)


def test_free_mail_domains_are_written_once_in_lower_case():
    """So that a set of them is exact."""
    domains = free_mail_domains()
    assert len(domains) == len(set(domains)) > 100
    assert all(domain == domain.strip().lower() and "." in domain for domain in domains)
