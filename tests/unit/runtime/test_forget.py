"""Forgotten means gone from everywhere, and gone for good: unless the person consents again."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from functions.erase import handler as erase
from functions.rescore import handler as rescore
from leadlight.activity import Identity, is_account, lead_id_of
from leadlight.nurture.enroll import Enrollment
from leadlight.runtime.erase import export as exporting
from leadlight.runtime.erase import forget as forgetting
from tests.simulation.quiet import Quiet, quiet
from tests.simulation.simulation import CONTEXT
from tests.unit.builders import NOW

ADDRESS, NAME, USER, COOKIE = "grace@forget.example", "Grace Erasable", "u-erasable-77", "anon-5f1c-erasable"
PERSONAL = (ADDRESS, NAME, USER, COOKIE)
ROOT = lead_id_of(Identity("email", ADDRESS))
OTHER = "kept@forget.example"
IDEAL = {"email": ADDRESS, "name": NAME, "title": "VP Marketing", "company_size": 300, "industry": "saas"}


@pytest.fixture
def running() -> Iterator[Quiet]:
    with quiet(NOW) as found:
        yield found


def call(kind: str, number: int, **more: Any) -> dict[str, Any]:
    moment = (NOW - timedelta(hours=number + 1)).isoformat()
    return {"type": kind, "messageId": f"m-{number}", "timestamp": moment, **more}


def journey() -> list[dict[str, Any]]:
    """Anonymous first, then known by a user id, then by name and address; one call that nobody understands."""
    known = {"context": {"traits": {"email": ADDRESS}}}
    return [
        call("page", 9, anonymousId=COOKIE, name="Pricing", context={"page": {"path": "/pricing"}}),
        call("track", 8, anonymousId=COOKIE, userId=USER, event="Trial Started"),
        call("identify", 7, userId=USER, traits=IDEAL),
        *(call("track", n, event=event, **known) for n, event in enumerate(("Demo Requested", "Email Clicked"))),
        call("delete", 2, userId=USER, traits={"name": NAME}, **known),
    ]


def deal() -> dict[str, Any]:
    data = {"properties": {"deal_id": "d-1", "amount": 900}, "lead": {"email": ADDRESS}}
    moment = (NOW - timedelta(minutes=5)).isoformat()
    return {"specversion": "1.0", "id": "deal", "source": "crm", "type": "deal_won", "time": moment, "data": data}


def lived(running: Quiet, calls: list[dict[str, Any]] | None = None) -> None:
    for each in calls or journey():
        running.segment(each)
        running.settle()
    running.activity(deal())
    running.settle()


def found(running: Quiet) -> set[str]:
    """What a search of everything that is stored finds of the person."""
    world = running.world
    stored = [item for table in (world.facts.table, world.leads.table) for item in table.all()]
    records = [world.records.stored, world.records.spent, world.forgotten.marked]
    kept = [(event.reason, event.raw) for event in world.failed.all.values()]
    everything = repr([stored, records, kept]).casefold()
    return {name for name in (*PERSONAL, ROOT) if name.casefold() in everything}


def state(running: Quiet, lead_id: str = ROOT) -> Any:
    return running.world.leads.get(lead_id, consistent=True)


def test_nothing_is_found_of_who_was_forgotten(running):
    """Facts of all their leads, copies, links, state, enrollments, decisions, raw bodies."""
    lived(running)
    assert found(running) == {*PERSONAL, ROOT}
    removed = running.forget(ROOT)
    running.settle()
    assert found(running) == set()
    assert {kind: bool(count) for kind, count in removed.items()} == dict.fromkeys(removed, True)
    assert removed["failed_events"] == 1


@pytest.mark.parametrize("identity", [Identity("user", USER), Identity("anonymous", COOKIE)])
def test_any_of_their_ids_leads_to_all_of_them(running, identity):
    """A lead that was merged is no way to keep the rest."""
    lived(running)
    running.forget(lead_id_of(identity))
    running.settle()
    assert found(running) == set()


def test_no_log_line_names_them(running, caplog):
    """Not while they live, not while they are forgotten, and not when they come again; a lead's id can be guessed."""
    with caplog.at_level("INFO"):
        lived(running)
        running.forget(ROOT)
        lived(running)
    lines = repr([record.__dict__ for record in caplog.records])
    assert {"received", "forgot"} <= {record.message for record in caplog.records}
    assert not [name for name in (*PERSONAL, ROOT) if name in lines]


def test_to_forget_again_removes_nothing(running):
    """Zeros, kind by kind."""
    lived(running)
    running.forget(ROOT)
    running.settle()
    assert set(running.forget(ROOT).values()) == {0}


def test_webhooks_that_come_again_bring_nobody_back(running):
    """Each of them, in the order they came first and backwards: nothing is stored of them."""
    lived(running)
    running.forget(ROOT)
    running.settle()
    understood = journey()[:-1]
    lived(running, [*understood, *reversed(understood)])
    assert found(running) == set()
    stored = [*running.world.leads.table.all(), *running.world.facts.table.all()]
    assert not [item for item in stored if not is_account(item["lead_id"]["S"])]


def consent(running: Quiet, number: int = 50) -> dict[str, Any]:
    moment = running.world.clock.isoformat()
    lead = {"email": ADDRESS, "user_id": USER}
    return {
        "specversion": "1.0", "id": f"c-{number}", "source": "site", "type": "consent_given", "time": moment,
        "data": {"lead": lead},
    }  # fmt: skip


def test_consent_given_later_begins_anew(running):
    """From the facts that occurred since: what was known before stays forgotten, whoever tells it again."""
    lived(running)
    running.forget(ROOT)
    running.settle()
    running.world.clock += timedelta(hours=1)
    running.activity(consent(running))
    running.settle()
    running.activity({**deal(), "id": "new", "type": "email_clicked", "time": running.world.clock.isoformat()})
    running.settle()
    after = state(running)
    assert (after.begun, after.fold.traits, after.fold.deals) == (NOW, {}, {})
    assert sum(sum(days.values()) for days in after.fold.signals.values()) == 1
    assert state(running, lead_id_of(Identity("user", USER))).kin.root == ROOT
    lived(running)
    again = state(running)
    assert (again.fold.signals, again.fold.traits, again.fold.deals) == (after.fold.signals, {}, {})
    assert NAME not in repr(list(running.world.facts.table.all()))


def test_what_a_browser_did_before_the_new_beginning_does_not_count(running):
    """It is another lead's own until both turn out to be one person; the audit expects nothing else."""
    lived(running)
    running.forget(ROOT)
    running.settle()
    running.world.clock += timedelta(hours=1)
    running.activity(consent(running))
    running.activity(event("before", "email_clicked", minutes=120, lead={"anonymous_id": "borrowed"}))
    running.settle()
    running.activity(event("both", "email_clicked", minutes=-60, lead={"email": ADDRESS, "anonymous_id": "borrowed"}))
    running.settle()
    assert state(running, lead("anonymous", "borrowed")).kin.root == ROOT
    assert sum(state(running).fold.signals["email_clicked"].values()) == 1
    assert running.audit()["differing"] == {}


def test_consent_that_was_given_before_does_not_bring_them_back(running):
    """A duplicate of it is no new consent."""
    told = consent(running)
    running.activity(told)
    lived(running)
    running.forget(ROOT)
    running.settle()
    running.activity(told)
    running.settle()
    assert state(running) is None
    assert found(running) == set()


def test_what_is_in_flight_comes_too_late(running):
    """Every record of before is delivered once more after the markers: nothing of the lead is made again."""
    for each in journey():
        running.segment(each)
    queued = [list(lane.records) for lane in running.world.activities_stream.lanes]
    running.settle()
    running.forget(ROOT)
    for lane, records in zip(running.world.activities_stream.lanes, queued, strict=True):
        lane.records.extendleft(reversed(records))
    running.settle()
    assert found(running) == set()


def test_a_state_that_was_put_back_goes_with_the_deleted_facts(running):
    """An invocation that had asked for the marker before there was one saves a state: the deletions undo it."""
    lived(running)
    held = state(running)
    running.forget(ROOT)
    held.version = 0
    running.world.leads.put(held)
    running.settle()
    assert found(running) == set()


def test_others_keep_what_is_theirs(running):
    """Another lead stays as it is, and so does its part of a failed event that names both."""
    kept = {**deal(), "id": "kept", "data": {"properties": {"deal_id": "d-2"}, "lead": {"email": OTHER}}}
    running.activity(kept)
    mixed = [call("delete", 30, userId=USER), call("delete", 31, userId="u-kept-0001")]
    running.segment({"batch": mixed})
    lived(running)
    before = msgspec.to_builtins(state(running, lead_id_of(Identity("email", OTHER))).fold.deals)
    running.forget(ROOT)
    running.settle()
    assert found(running) == set()
    assert msgspec.to_builtins(state(running, lead_id_of(Identity("email", OTHER))).fold.deals) == before
    [event] = running.world.failed.all.values()
    assert json.loads(event.raw) == {"batch": [mixed[1]]}


def test_much_is_forgotten_in_many_requests(running, monkeypatch):
    """A request does a bounded share, and says where to go on."""
    monkeypatch.setattr(forgetting, "BODIES", 1)
    monkeypatch.setattr(forgetting, "ITEMS", 3)
    monkeypatch.setattr(forgetting, "LEADS", 1)
    lived(running)
    removed = running.forget(lead_id_of(Identity("user", USER)))
    running.settle()
    assert found(running) == set()
    assert removed["facts"] > 3


def test_what_was_interrupted_ends_when_it_is_run_again(running, monkeypatch):
    """Whatever the last request did, asking anew for any of the person's ids leaves nothing."""
    monkeypatch.setattr(forgetting, "ITEMS", 2)
    lived(running)
    event = {"routeKey": "POST /v1/leads/{lead_id}/forget", "pathParameters": {"lead_id": ROOT}}
    context = {"requestContext": {"http": {"method": "POST"}, "requestId": "r"}}
    erase.lambda_handler({**event, **context}, CONTEXT)
    running.forget(lead_id_of(Identity("user", USER)))
    running.settle()
    assert found(running) == set()


def lead(kind: str, value: str) -> str:
    return lead_id_of(Identity(kind, value))


def event(name: str, type_: str = "page_viewed", *, minutes: int = 5, **data: Any) -> dict[str, Any]:
    moment = (NOW - timedelta(minutes=minutes)).isoformat()
    return {"specversion": "1.0", "id": name, "source": "app", "type": type_, "time": moment, "data": data}


def said(name: str, type_: str, *identities: tuple[str, str]) -> dict[str, Any]:
    pairs = [{"kind": kind, "value": value} for kind, value in identities]
    return event(name, type_, minutes=1, lead={"identities": pairs})


@pytest.mark.parametrize("asked", [ROOT, lead("anonymous", COOKIE)])
@pytest.mark.parametrize("rounds", range(1, 8))
def test_who_is_just_being_merged_is_forgotten_with_the_person(running, rounds, asked):
    """However far it has come, once there is a link: of a lead by the address, of one by a user id, of one by a cookie."""
    running.activity(event("click", "email_clicked", lead={"email": ADDRESS}))
    running.activity(event("page", lead={"anonymous_id": COOKIE}))
    running.settle()
    running.activity(event("trial", lead={"anonymous_id": COOKIE, "user_id": USER}))
    running.activity(event("known", "lead_identified", lead={"email": ADDRESS, "user_id": USER}))
    for _ in range(rounds):
        running._drain(running.world.activities_stream, rescore)
    running.forget(asked)
    running.settle()
    assert found(running) == set()
    assert not [item for item in running.world.facts.table.all() if not is_account(item["lead_id"]["S"])]


def test_who_is_not_even_linked_yet_is_forgotten_with_the_person(running):
    """Their own facts say who they are."""
    running.activity(event("page", lead={"anonymous_id": COOKIE}))
    running.settle()
    running.activity(event("known", "lead_identified", lead={"email": ADDRESS, "anonymous_id": COOKIE}))
    running.forget(ROOT)
    running.settle()
    assert found(running) == set()


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize(
    "apart",
    [
        said("s", "identity_shared", ("anonymous", COOKIE)),
        said("s", "identities_separated", ("anonymous", COOKIE), ("email", ADDRESS)),
    ],
    ids=["shared", "separated"],
)
def test_who_is_said_apart_keeps_what_is_theirs(running, apart, settled):
    """A shared device, or somebody else: from the moment that it is said."""
    running.activity(event("page", lead={"anonymous_id": COOKIE}))
    running.activity(event("known", "lead_identified", lead={"email": ADDRESS, "anonymous_id": COOKIE}))
    running.settle()
    running.activity(apart)
    if settled:
        running.settle()
    running.forget(ROOT)
    running.settle()
    left = {fact.source_id for fact in running.world.facts.every(lead("anonymous", COOKIE))}
    assert "page" in left
    assert state(running, lead("anonymous", COOKIE)).kin.root == ""
    assert ADDRESS not in repr(list(running.world.facts.table.all()))


def test_who_just_left_takes_the_copies_along(running):
    """The lead that held them keeps its own facts, and nothing of whom a team said to be another."""
    running.activity(event("page", lead={"anonymous_id": COOKIE}))
    running.activity(event("known", "lead_identified", lead={"email": OTHER, "anonymous_id": COOKIE}))
    running.settle()
    running.activity(said("s", "identities_separated", ("anonymous", COOKIE), ("email", OTHER)))
    running.forget(lead("anonymous", COOKIE))
    running.settle()
    keys = [item["key"]["S"] for item in running.world.facts.table.query(lead("email", OTHER), "")]
    assert not [key for key in keys if lead("anonymous", COOKIE) in key]
    assert {fact.source_id for fact in running.world.facts.every(lead("email", OTHER))} == {"known"}


def asked(what: str, lead_id: str, following: str) -> tuple[int, dict[str, Any]]:
    method = "GET" if what == "export" else "POST"
    answer = erase.lambda_handler(
        {
            "routeKey": f"{method} /v1/leads/{{lead_id}}/{what}",
            "pathParameters": {"lead_id": lead_id},
            "queryStringParameters": {"next": following},
            "requestContext": {"http": {"method": method}, "requestId": "r"},
        },
        CONTEXT,
    )
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize(
    ("what", "following"),
    [
        *(("forget", each) for each in ("null", "facts:", "leads:", f"leads:{ROOT}", "bodies:", "bodies:failed/a")),
        *(("export", each) for each in ("null", "leads:", "facts:", f"facts:{lead('email', OTHER)}:")),
    ],
)
def test_a_cursor_that_no_answer_gave_is_refused(running, what, following):
    """Nothing is called done that was never begun, and nobody else's facts are handed out."""
    lived(running)
    before = found(running)
    status, problem = asked(what, ROOT, following)
    assert (status, problem["field"]) == (422, "next")
    assert found(running) == before
    assert not running.world.forgotten.marked


def test_the_last_step_may_be_asked_for_again(running):
    """The answer to it may be lost; once the person came back, there is something to begin."""
    lived(running)
    running.forget(ROOT)
    running.settle()
    status, told = asked("forget", ROOT, f"leads:{ROOT}")
    assert (status, told["done"], set(told["removed"].values())) == (200, True, {0})
    running.world.clock += timedelta(hours=1)
    running.activity(consent(running))
    running.settle()
    assert asked("forget", ROOT, f"leads:{ROOT}")[0] == 422


@pytest.mark.parametrize("ahead", [None, timedelta(minutes=10)])
def test_an_old_consent_that_comes_again_brings_nobody_back(running, monkeypatch, ahead):
    """Neither one without a time, which has that of its receipt, nor one dated ahead; also when forgotten in two goes."""
    monkeypatch.setattr(forgetting, "ITEMS", 1)
    told = consent(running)
    told["time"] = (NOW + ahead).isoformat() if ahead else None
    running.activity({name: value for name, value in told.items() if value})
    lived(running)
    running.forget(ROOT)
    running.settle()
    running.forget(ROOT)
    running.world.clock += timedelta(minutes=5)
    running.activity({name: value for name, value in told.items() if value})
    running.settle()
    assert found(running) == set()


@pytest.mark.parametrize("by", [ROOT, lead("user", USER), lead("anonymous", COOKIE)])
def test_who_belonged_together_is_not_known_any_more(running, monkeypatch, by):
    """The list of the leads goes with the last of them, whichever was asked for and however many steps it took."""
    monkeypatch.setattr(forgetting, "ITEMS", 1)
    lived(running)
    asked("forget", lead("user", USER), "")
    assert running.world.forgotten.todo
    running.forget(by)
    assert running.world.forgotten.todo == {}


def test_where_plus_tags_are_folded_erasing_folds_too(running):
    """A tagged address, in any case, names the same person: their lead, and what names them in raw bodies."""
    running.world.fold_plus_tags = True
    tagged = ADDRESS.replace("@", "+news@")
    running.segment(call("identify", 3, traits={**IDEAL, "email": tagged}))
    running.segment(call("delete", 2, context={"traits": {"email": ADDRESS.replace("@", "+old@")}}))
    running.settle()
    assert state(running)
    running.forget(lead("email", tagged), f"email:{tagged.upper()}")
    running.settle()
    assert (found(running), running.world.failed.all) == (set(), {})


def test_an_export_holds_everything(running, monkeypatch):
    """Who they are, their leads, every fact once, decisions, enrollments, and the failed event; in small pages too."""
    lived(running)
    whole = assembled(running)
    monkeypatch.setattr(exporting, "FACTS", 1)
    assert assembled(running) == whole
    assert {identity["value"] for identity in whole["identities"]} == {ADDRESS, USER, COOKIE}
    assert whole["lead"]["deals"]
    assert whole["lead"]["decisions"]
    told = {(fact["source"], fact["id"], fact["about"]) for fact in whole["facts"]}
    assert len(told) == len(whole["facts"])
    assert {"m-0", "m-7", "m-8", "m-9", "deal"} <= {name for _, name, _ in told}
    [failed] = whole["failed_events"]
    assert failed["content"][0]["traits"] == {"name": NAME}
    assert "must be one of" in failed["reason"]


def test_an_export_holds_what_merged_leads_were_enrolled_in(running):
    """Each member's campaigns."""
    lived(running)
    member = lead("user", USER)
    enrolled = {"welcome": Enrollment("2026-11-01T00:00:00.000Z")}
    before = running.world.leads.get_nurture(member)
    running.world.leads.put_nurture(msgspec.structs.replace(before, enrollments=enrolled))
    [told] = assembled(running)["enrollments"]
    assert (told["lead_id"], list(told["campaigns"])) == (member, ["welcome"])


def assembled(running: Quiet) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for page in running.export(ROOT):
        for name, value in page.items():
            whole[name] = [*whole.get(name, []), *value] if isinstance(value, list) else value
    return whole
