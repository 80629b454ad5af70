"""The main job: webhook in, score with reasons, EventBridge out, KPIs; through the deployed stack."""

from datetime import timedelta
from decimal import Decimal

from leadlight.activity.identity import email as email_identity
from leadlight.activity.identity import lead_id_of
from tests.e2e.requests import activities, cloudevent, segment, track

IDEAL = {"title": "VP Marketing", "company": {"name": "Initech", "employees": 300, "industry": "SaaS"}, "country": "US"}


def lead_id(address: str) -> str:
    return lead_id_of(email_identity(address))


def journey(address: str) -> list[dict]:
    """A lead that fits, looks at prices, starts a trial and asks for a demo."""
    identify = track("", email=address, name=f"{address}-0", type="identify", traits={"email": address, **IDEAL})
    return [identify] + [
        track(event, email=address, name=f"{address}-{n}", back=timedelta(minutes=9 - n))
        for n, event in enumerate(("Pricing Page Viewed", "Trial Started", "Teammate Invited", "Demo Requested"), 1)
    ]


def arrive(stack, address: str, calls: list[dict] | None = None) -> dict:
    """The journey through the webhook, and the lead that it made."""
    for call in calls or journey(address):
        answer = segment(stack, call)
        assert (answer.status, answer.json()["recorded"]) == (202, 1)
    stack.wait_idle()
    return stack.http.get(f"/v1/leads/{lead_id(address)}")


def about(stack, address: str) -> list:
    return [event for event in stack.events() if event.detail.get("lead_id") == lead_id(address)]


def test_a_webhook_becomes_a_score_with_reasons_and_events(stack):
    """Signed webhooks in; a qualified lead, handed off, with contributions that add up; one event for each decision."""
    lead = arrive(stack, "vp@initech-main.example")
    assert (lead["grade"], lead["stage"], lead["buying_stage"]) == ("A", "sql", "decision")
    assert sum(Decimal(str(part["share"])) for part in lead["contributions"]) == lead["score"]
    assert {"demo", "pricing_page", "trial", "executive"} <= {part["criterion"] for part in lead["contributions"]}
    demo = next(part for part in lead["contributions"] if part["criterion"] == "demo")
    assert sum(demo["evidence"].values()) == 1
    assert lead["hand_off"]["due_at"]
    events = about(stack, "vp@initech-main.example")
    titles = [event.detail_type for event in events]
    assert {"Lead Scored", "Lead Stage Changed", "Lead Qualified", "Lead Handed Off"} <= set(titles)
    ids = [event.detail["id"] for event in events]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {decision["id"] for decision in lead["decisions"]}
    handed = next(event for event in events if event.detail_type == "Lead Handed Off")
    assert "demo" in {reason["criterion"] for reason in handed.detail["reasons"]}


def test_the_same_webhook_again_changes_nothing(stack):
    """A vendor delivers at least once: the second delivery is a no-op all the way."""
    calls = journey("again@initech-main.example")
    first = arrive(stack, "again@initech-main.example", calls)
    before = len(about(stack, "again@initech-main.example"))
    assert arrive(stack, "again@initech-main.example", calls) == first
    assert len(about(stack, "again@initech-main.example")) == before


def test_sales_answers_a_hand_off(stack):
    """Accepted, it is a SAL; won, a customer; the ranking and the KPIs follow."""
    address = "sal@initech-main.example"
    lead = arrive(stack, address)
    accepted = {"data": {"properties": {"handoff_id": lead["hand_off"]["id"]}}}
    assert activities(stack, cloudevent("handoff_accepted", email=address, name="sal-1", **accepted)).status == 202
    stack.wait_idle()
    assert stack.http.get(f"/v1/leads/{lead['lead_id']}")["stage"] == "sal"
    assert lead["lead_id"] in {each["lead_id"] for each in stack.http.get("/v1/leads?stage=sal&limit=200")["leads"]}
    won = {"data": {"properties": {"deal_id": "d-1", "amount": 1200.5, "currency": "USD"}}}
    assert activities(stack, cloudevent("deal_won", email=address, name="sal-2", **won)).status == 202
    stack.wait_idle()
    assert stack.http.get(f"/v1/leads/{lead['lead_id']}")["stage"] == "customer"
    stack.invoke("rollup", {})
    kpis = {row["kpi"]: row for row in stack.http.get("/v1/kpis")["kpis"]}
    assert kpis["customers"]["value"] >= 1
    assert kpis["acceptance_rate"]["numerator"] >= 1
    assert stack.invoke("rollup", {})["written"] == 0


def test_the_others_are_nurtured_until_they_withdraw(stack):
    """A fit that is not ready enters a campaign once, and leaves it with its consent."""
    address = "later@initech-main.example"
    person = {"data": {"traits": {"company_size": 200, "job_title": "Marketing Manager", "industry": "saas"}}}
    assert activities(stack, cloudevent("email_clicked", email=address, name="nur-1", **person)).status == 202
    stack.wait_idle()
    lead = stack.http.get(f"/v1/leads/{lead_id(address)}")
    assert lead["stage"] == "lead"
    assert "warm-up" in lead["nurture"]
    assert "exited_at" not in lead["nurture"]["warm-up"]
    assert activities(stack, cloudevent("unsubscribed", email=address, name="nur-2")).status == 202
    stack.wait_idle()
    lead = stack.http.get(f"/v1/leads/{lead_id(address)}")
    assert lead["contactable"] is False
    assert lead["nurture"]["warm-up"]["cause"] == "not_contactable"
    titles = [event.detail_type for event in about(stack, address)]
    assert titles.count("Nurture Enrolled") == titles.count("Nurture Exited") >= 1


def test_the_ranking_is_paged_without_gaps_or_repeats(stack):
    """Pages of two, put together, are the list in its order; each costs no more than a long one."""
    batch = [
        cloudevent("email_clicked", email=f"p{n}@paging.example", name=f"page-{n}-{m}", time=None)
        for n in range(7)
        for m in range(n)
    ]
    assert activities(stack, batch).json()["recorded"] == len(batch)
    stack.wait_idle()
    whole = stack.http.get("/v1/leads?limit=20")["leads"]
    paged, token = [], ""
    while token is not None and len(paged) < 20:
        page = stack.http.get(f"/v1/leads?limit=2{token and f'&next={token}'}")
        paged += page["leads"]
        token = page["next"]
    assert paged[:20] == whole
    assert len(whole) >= 6
    assert [lead["score"] for lead in whole] == sorted((lead["score"] for lead in whole), reverse=True)


def test_backfill_scores_and_announces_nothing(stack):
    """An imported lead has its score and stage by deals, and no event, enrollment or hand-off."""
    address = "old@import.example"
    batch = [
        cloudevent(
            "demo_requested", email=address, name="old-1", data={"traits": {"title": "CEO", "company_size": 80}}
        ),
        cloudevent("deal_won", email=address, name="old-2", data={"properties": {"deal_id": "old"}}),
    ]
    assert activities(stack, batch, path="/v1/activities?backfill=true").status == 202
    stack.wait_idle()
    lead = stack.http.get(f"/v1/leads/{lead_id(address)}")
    assert lead["score"] > 0
    assert (lead["stage"], lead["decisions"], lead["nurture"], lead["hand_off"]) == ("customer", [], {}, None)
    assert about(stack, address) == []


def test_a_rollup_can_be_asked_for(stack):
    """The API asks by an event; the rollup answers in its own time."""
    asked = stack.http.request("POST", "/v1/kpis/rollups")
    assert asked.status == 202
    stack.wait_idle()
    assert stack.http.get("/v1/kpis")["as_of"] >= asked.json()["requested_at"][:19]
