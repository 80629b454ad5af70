"""Companies: leads belong to accounts, what is known of an account counts for its leads, and its leads rank it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from leadlight.activity import Identity, account_id_of, facts_of, lead_id_of
from leadlight.activity.order_key import day_number
from leadlight.kpi import measure
from leadlight.model import AccountRule
from leadlight.runtime import accounts, api
from leadlight.runtime.account_ranks import AccountRanks
from leadlight.scoring.account import account_score
from tests.simulation.quiet import Quiet, quiet
from tests.unit.builders import NOW, activity
from tests.unit.runtime.companies import ACME, COMPANY, DOMAIN, about, lead, leads_of, told

FRESH: Any = SimpleNamespace(random=lambda: 0.9)  # no read sees an old state
GROUP = account_id_of(Identity("group", "g1"))
KNOWN = {"company": "Acme", "company_size": 500, "industry": "software"}


@pytest.fixture
def stack() -> Iterator[Quiet]:
    with quiet(NOW) as running:
        running.world.scheduler.random = FRESH
        yield running


def get(stack: Quiet, route: str, *, status: int = 200, **given: str) -> Any:
    """What the API answers."""
    path = {name: given.pop(name) for name in ("account_id", "lead_id") if name in given}
    event = {
        "routeKey": f"GET {route}",
        "pathParameters": path,
        "queryStringParameters": given,
        "requestContext": {"http": {"method": "GET"}, "requestId": "r-1"},
    }
    answer = api.handle(event, stack.world)
    assert answer["statusCode"] == status, answer
    return json.loads(answer["body"])


def rolled_up(stack: Quiet) -> int:
    ranks = AccountRanks(stack.world)
    assert measure(ranks.seen(stack.world.leads.scan())) is not None
    return ranks.save()


def test_a_lead_belongs_to_the_company_of_its_address(stack: Quiet) -> None:
    """But for addresses that anybody can have."""
    told(stack, "a1", "ada@acme.example")
    told(stack, "a2", "bob@gmail.com")
    assert lead(stack, "ada@acme.example").fold.account == ACME
    assert leads_of(stack, ACME) == [lead_id_of(Identity("email", "ada@acme.example"))]
    assert lead(stack, "bob@gmail.com").fold.account == ""


def test_what_a_tool_says_of_a_leads_account_comes_before_its_address(stack: Quiet) -> None:
    """A consultant with an address of their own works for Acme."""
    told(stack, "a1", "ada@consult.example", account={"ids": {"crm": "7"}})
    assert lead(stack, "ada@consult.example").fold.account == account_id_of(Identity("crm", "7"))
    told(stack, "a2", "ada@consult.example", account={"domain": "https://www.acme.example/"}, ago=0.5)
    assert lead(stack, "ada@consult.example").fold.account == ACME
    assert leads_of(stack, account_id_of(Identity("crm", "7"))) == []


def test_what_is_known_of_a_company_counts_for_its_leads(stack: Quiet) -> None:
    """Under what is known of the lead itself; the view says whence each trait is."""
    told(stack, "a1", "ada@acme.example", traits={"job_title": "CTO", "industry": "finance"})
    before = lead(stack, "ada@acme.example").totals
    about(stack, "c1", COMPANY)
    state = lead(stack, "ada@acme.example")
    assert state.fold.known_traits().items() >= {"company_size": 500, "industry": "finance", "company": "Acme"}.items()
    assert before
    assert state.totals
    assert state.totals.score > before.score
    view = get(stack, "/v1/leads/{lead_id}", lead_id=state.lead_id)
    assert view["account"] == {"account_id": ACME, "traits": KNOWN}
    assert view["known_traits"]["company_size"] == {"value": 500, "from": "account"}
    assert view["known_traits"]["industry"] == {"value": "finance", "from": "lead"}
    assert view["known_traits"]["seniority"]["from"] == "derived"
    assert (view["company"], view["score"]) == ("Acme", state.totals.score)


def test_it_does_not_matter_who_is_known_first(stack: Quiet) -> None:
    """The company, then the lead: the same fold."""
    about(stack, "c1", COMPANY)
    told(stack, "a1", "ada@acme.example", traits={"job_title": "CTO"})
    company = lead(stack, "ada@acme.example").fold.companies[ACME]
    assert company.traits == KNOWN
    with quiet(NOW) as other:
        told(other, "a1", "ada@acme.example", traits={"job_title": "CTO"})
        about(other, "c1", COMPANY)
        assert lead(other, "ada@acme.example").fold.companies[ACME].traits == company.traits
        assert lead(other, "ada@acme.example").totals == lead(stack, "ada@acme.example").totals


def test_a_group_call_names_the_account_of_its_user(stack: Quiet) -> None:
    """By its domain where it has one, else by the group; a mailbox that anybody can have is no domain."""
    call = {"type": "group", "groupId": "g1", "timestamp": (NOW - timedelta(hours=1)).isoformat()}
    context = {"context": {"traits": {"email": "ada@acme.example"}}, "userId": "42"}
    stack.segment({**call, **context, "messageId": "m1", "traits": {"employees": 20, "email": "acme@gmail.com"}})
    stack.settle()
    state = lead(stack, "ada@acme.example")
    assert (state.fold.account, state.fold.known_traits()["company_size"]) == (GROUP, 20)


def test_a_lead_that_moves_leaves_its_account(stack: Quiet) -> None:
    """It counts for the new one alone, and hears of the new one alone; when it comes back it is told again."""
    about(stack, "c1", COMPANY)
    about(stack, "c2", {"domain": "rival.example", "traits": {"employees": 7}})
    told(stack, "a1", "ada@acme.example")
    told(stack, "a2", "ada@acme.example", account={"domain": "rival.example"}, ago=0.9)
    fold = lead(stack, "ada@acme.example").fold
    assert (fold.known_traits()["company_size"], list(fold.companies)) == (7, [fold.account])
    assert leads_of(stack, ACME) == []
    about(stack, "c3", {"domain": "acme.example", "traits": {"employees": 900}}, ago=0.5)
    assert lead(stack, "ada@acme.example").fold.known_traits()["company_size"] == 7
    told(stack, "a3", "ada@acme.example", account={"domain": "acme.example"}, ago=0.4)
    assert lead(stack, "ada@acme.example").fold.known_traits()["company_size"] == 900
    told(stack, "a4", "ada@acme.example", account={"domain": "rival.example"}, ago=0.3)
    told(stack, "a5", "ada@acme.example", account={"domain": "acme.example"}, ago=0.2)
    assert lead(stack, "ada@acme.example").fold.known_traits()["company_size"] == 900  # nothing changed meanwhile


def test_a_changed_trait_rescores_every_lead_once(stack: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pages of any size; the same fact again, or an older one, rescores nobody."""
    monkeypatch.setattr(accounts, "PAGE", 7)
    people = [f"p{number}@acme.example" for number in range(30)]
    for number, who in enumerate(people):
        told(stack, f"a{number}", who)
    before = {who: lead(stack, who) for who in people}
    about(stack, "c1", COMPANY)
    after = {who: lead(stack, who) for who in people}
    assert {after[who].version - before[who].version for who in people} == {1}
    assert all(after[who].fold.known_traits()["company_size"] == 500 for who in people)
    about(stack, "c1", COMPANY)
    about(stack, "c0", {"domain": "acme.example", "traits": {"employees": 3}}, ago=5)
    assert {who: lead(stack, who).version for who in people} == {who: after[who].version for who in people}


def test_a_merged_lead_leaves_and_comes_back(stack: Quiet) -> None:
    """Its facts count for another; taken apart again, it knows its company as before."""
    about(stack, "c1", COMPANY)
    told(stack, "a1", "ada@acme.example")
    told(stack, "a2", "zoe@acme.example")
    one, two = (lead_id_of(Identity("email", f"{name}@acme.example")) for name in ("ada", "zoe"))
    pair = [{"kind": "email", "value": f"{name}@acme.example"} for name in ("ada", "zoe")]
    told(stack, "m1", None, kind="identities_merged", lead={"identities": pair})
    assert len(leads_of(stack, ACME)) == 1
    told(stack, "m2", None, kind="identities_separated", lead={"identities": pair}, ago=0.5)
    assert leads_of(stack, ACME) == sorted((one, two))
    for who in ("ada@acme.example", "zoe@acme.example"):
        assert lead(stack, who).fold.known_traits()["company_size"] == 500


def test_accounts_are_ranked_with_their_leads_and_what_each_gives(stack: Quiet) -> None:
    """The shares add up to the score; after a rollup the best account is first."""
    told(stack, "a1", "ada@acme.example", kind="demo_requested", traits={"job_title": "CEO"})
    told(stack, "a2", "bob@acme.example", traits={"job_title": "CTO"})
    told(stack, "a3", "eve@rival.example")
    about(stack, "c1", COMPANY)
    rolled_up(stack)
    assert rolled_up(stack) == 0
    answer = get(stack, "/v1/accounts")
    assert [(each["name"], each["domain"]) for each in answer["accounts"]] == [
        ("Acme", "acme.example"),
        (None, "rival.example"),
    ]
    best = answer["accounts"][0]
    assert best["leads"][0]["email"] == "ada@acme.example"
    assert best["leads"][0]["top_contributions"]
    assert best["score"] == best["leads"][0]["score"] == best["leads"][0]["share"]
    first = get(stack, "/v1/accounts", limit="1")
    second = get(stack, "/v1/accounts", limit="1", next=first["next"])
    assert [first["accounts"][0], second["accounts"][0]] == answer["accounts"]
    assert second["next"] is None
    assert get(stack, "/v1/accounts", status=422, next="bad")["field"] == "next"
    one = get(stack, "/v1/accounts/{account_id}", account_id=ACME)
    assert (one["traits"], one["leads"], one["partial"]) == (KNOWN, best["leads"], False)


@pytest.mark.parametrize(("leads", "partial"), [(2, False), (3, True)])
def test_an_account_is_partial_beyond_what_is_read(stack: Quiet, monkeypatch, leads: int, *, partial: bool) -> None:
    """At just so many leads all of them are counted."""
    monkeypatch.setattr("leadlight.runtime.api.accounts.MOST_LEADS", 2)
    for number in range(leads):
        told(stack, f"a{number}", f"p{number}@acme.example")
    view = get(stack, "/v1/accounts/{account_id}", account_id=ACME)
    assert (view["partial"], len(view["leads"]) + view["others"]["leads"]) == (partial, 2)


def test_a_sum_is_explained_to_the_thousandth(stack: Quiet) -> None:
    """Leads that are not shown, the clamp and the rounding among the parts."""
    stack.world.documents = msgspec.structs.replace(
        stack.world.documents,
        models=(msgspec.structs.replace(stack.world.documents.model, accounts=AccountRule(score="sum", next=37)),),
    )
    for number in range(9):
        told(stack, f"a{number}", f"p{number}@acme.example", traits={"job_title": ("CEO", "CTO", "Intern")[number % 3]})
    [view] = get(stack, "/v1/accounts")["accounts"]
    shares = [lead["share"] for lead in view["leads"]]
    parts = sum(shares) + view["others"]["share"] + view["clamped"] + view["rounding"]
    assert parts == pytest.approx(view["score"], abs=1e-9)
    assert (len(shares), view["others"]["leads"], view["counted_by"]) == (5, 4, {"score": "sum", "next": 37})
    scores = {
        state.lead_id: stack.world.portfolio.score(state.fold, day_number(NOW)).totals.score
        for state in stack.world.leads.scan()
        if state.fold.account
    }
    assert view["score"] == account_score(AccountRule(score="sum", next=37), scores).score


def test_accounts_are_no_leads(stack: Quiet) -> None:
    """Not in the ranking, not in the KPIs, not at a lead's address; and a lead is no account."""
    told(stack, "a1", "ada@acme.example")
    about(stack, "c1", COMPANY)
    assert [each["lead_id"] for each in get(stack, "/v1/leads")["leads"]] == [lead(stack, "ada@acme.example").lead_id]
    assert sum(day.counts.get("new_leads", 0) for day in measure(stack.world.leads.scan())) == 1
    get(stack, "/v1/leads/{lead_id}", lead_id=ACME, status=404)
    get(stack, "/v1/accounts/{account_id}", account_id=lead(stack, "ada@acme.example").lead_id, status=404)
    get(stack, "/v1/accounts/{account_id}", account_id=GROUP, status=404)
    get(stack, "/v1/accounts", limit="21", status=422)


def test_an_import_of_companies_announces_nothing(stack: Quiet) -> None:
    """Scores follow at once; decisions wait for live news."""
    told(stack, "a1", "ada@acme.example", kind="demo_requested", traits={"job_title": "CEO"})
    events = len(stack.world.bus.entries)
    company = activity("account_identified", identities=(), account=(DOMAIN,), account_traits=KNOWN)
    stack.world.facts.put(list(facts_of(company, received_at=NOW, backfill=True)))
    stack.settle()
    assert lead(stack, "ada@acme.example").fold.known_traits()["company_size"] == 500
    assert len(stack.world.bus.entries) == events


def test_a_company_goes_by_all_its_names(stack: Quiet) -> None:
    """A CRM's id, then the domain beside it: whoever said the id alone, before or after, meant the same account."""
    told(stack, "a1", "ada@consult.example", account={"ids": {"crm": "7"}})
    about(stack, "c1", {"ids": {"crm": "7"}, "traits": {"employees": 500}}, ago=0.9)
    about(stack, "c2", {"ids": {"crm": "7"}, "domain": "acme.example", "traits": {"name": "Acme"}}, ago=0.8)
    told(stack, "a2", "bob@acme.example")
    told(stack, "a3", "eve@consult.example", account={"ids": {"crm": "7"}}, ago=0.5)
    about(stack, "c3", {"ids": {"crm": "7"}, "traits": {"industry": "software"}}, ago=0.4)
    rolled_up(stack)
    [view] = get(stack, "/v1/accounts")["accounts"]
    assert (view["account_id"], view["traits"], len(view["leads"])) == (ACME, KNOWN, 3)
    for who in ("ada@consult.example", "bob@acme.example", "eve@consult.example"):
        assert lead(stack, who).fold.known_traits().items() >= KNOWN.items()
    alias = account_id_of(Identity("crm", "7"))
    assert get(stack, "/v1/accounts/{account_id}", account_id=alias)["account_id"] == ACME
    assert leads_of(stack, alias) == []
