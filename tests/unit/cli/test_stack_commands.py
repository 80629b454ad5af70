"""What a running stack is asked: leads, one lead, the KPIs."""

import json
from pathlib import Path

import pytest

from leadlight.cli.client import Api
from leadlight.cli.errors import OperatorError
from leadlight.cli.kpis import refreshed
from tests.unit.cli.local_api import LocalApi, problem


@pytest.fixture
def filled(api: LocalApi, cli, tmp_path: Path) -> LocalApi:
    """Thirty leads and three won deals, one of them dated before its lead's first contact."""
    leads, deals = tmp_path / "leads.csv", tmp_path / "deals.csv"
    titles = ("CTO", "Head of Sales", "")
    leads.write_text(
        "id,email,at,title\n" + "".join(f"{n},p{n}@acme.com,2026-05-10,{titles[n % 3]}\n" for n in range(30))
    )
    deals.write_text(
        "email,deal,at,worth\np1@acme.com,a,2026-05-20,100\np2@acme.com,b,2026-05-24,50\np3@acme.com,c,2026-05-09,1\n"
    )
    (tmp_path / "l.yaml").write_text("{source: s, id: id, time: at, lead: {email: email}, traits: {job_title: title}}")
    (tmp_path / "d.yaml").write_text(
        "{source: s, id: deal, time: at, lead: {email: email}, properties: {deal_id: deal, amount: worth, currency: {value: EUR}}}"
    )
    assert cli("import", "leads", leads, "--map", tmp_path / "l.yaml").exit_code == 0
    assert cli("import", "deals", deals, "--map", tmp_path / "d.yaml").exit_code == 0
    return api


def test_leads_are_listed_highest_score_first_with_reasons(cli, filled) -> None:
    """Customers are no longer to win."""
    result = cli("leads", "--limit", 5)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert len(lines) == 6
    assert "@acme.com" in lines[1]
    assert "executive or founder +12" in lines[1]
    assert "p1@" not in cli("leads", "--limit", 500).output
    assert "p1@" in cli("leads", "--stage", "customer").output


def test_pages_are_followed_up_to_the_limit(cli, filled, monkeypatch) -> None:
    """As JSON lines; every lead once."""
    monkeypatch.setattr("leadlight.cli.leads._PAGE", 4)
    found = [json.loads(line)["lead_id"] for line in cli("leads", "--limit", 22, "--json").output.splitlines()]
    assert len(found) == len(set(found)) == 22


@pytest.mark.parametrize("name", ["p1@acme.com", " P1@acme.com", "email:p1@acme.com"])
def test_a_lead_is_found_by_its_address_and_shown_whole(cli, filled, name: str) -> None:
    """Its id is worked out from the address; deals and traits are there."""
    shown = cli("lead", name)
    assert shown.exit_code == 0
    assert "a won 2026-05-20" in shown.output
    document = json.loads(cli("lead", name, "--json").output)
    assert document["email"] == "p1@acme.com"
    assert document["first_contact"] == "2026-05-10T00:00:00.000Z"


def test_a_lead_that_is_not_there_is_told(cli, filled) -> None:
    """Exit code 1, and how else to name it."""
    result = cli("lead", "nobody")
    assert result.exit_code == 1
    assert "no lead nobody" in result.output


def test_kpis_say_what_they_rest_on(cli, filled) -> None:
    """Numerator and denominator, n, and the deal that is out of order; undefined has a reason."""
    assert "--refresh does it now" in cli("kpis").output
    result = cli("kpis", "--refresh")
    assert result.exit_code == 0
    rows = {line.split("  ")[0].strip(): line for line in result.output.splitlines()}
    assert "6.7 %" in rows["Lead to customer within 90 days"]
    assert "2 of 30" in rows["Lead to customer within 90 days"]
    assert "1 out of order" in rows["Lead to customer within 90 days"]
    assert "10 days" in rows["Sales cycle, median"]
    assert "151.00 EUR" in rows["Sales revenue"]
    assert "undefined" in rows["Accepted hand-offs"]
    assert "sales has answered no hand-off" in rows["Accepted hand-offs"]


def test_kpis_as_json_are_the_apis_document(cli, filled) -> None:
    """And a window is asked for by its days."""
    assert cli("kpis", "--refresh", "--json").exit_code == 0
    document = json.loads(cli("kpis", "--from", "2026-05-10", "--to", "2026-05-20", "--json").output)
    backwards = cli("kpis", "--from", "2026-05-20", "--to", "2026-05-10")
    assert (backwards.exit_code, "to must not be before from" in backwards.output) == (1, True)
    customers = next(kpi for kpi in document["kpis"] if kpi["kpi"] == "customers")
    assert (customers["value"], customers["window"]) == (1, "2026-05-10..2026-05-20")


def test_a_refresh_waits_for_a_rollup_that_began_later(cli, api) -> None:
    """Older figures do not count; a rollup that never comes is told."""
    answers = iter(["2026-11-21T12:00:00.122Z", None, "2026-11-21T12:00:00.123Z"])

    def first(request):
        if request.method == "POST":
            return problem(202, requested_at="2026-11-21T12:00:00.123456+00:00")
        return problem(200, as_of=next(answers, None), kpis=[])

    api.first = first
    with Api(api.url) as client:
        assert refreshed(client, sleep=lambda _seconds: None)["as_of"] == "2026-11-21T12:00:00.123Z"
        ticks = iter(range(0, 1000, 60))
        with pytest.raises(OperatorError, match="not done yet"):
            refreshed(client, clock=lambda: next(ticks), sleep=lambda _seconds: None)


def test_what_the_operator_lacks_is_told(cli, api, monkeypatch, tmp_path) -> None:
    """No credentials, no address, nobody there: exit code 1, with the fix."""
    assert "must start with https://" in cli("leads", "--url", "acme.com").output
    monkeypatch.setattr("leadlight.cli.client.ATTEMPTS", 2)
    assert "can't be reached" in cli("leads", "--url", "http://127.0.0.1:1").output
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    result = cli("leads")
    assert result.exit_code == 1
    assert "no AWS credentials" in result.output


def test_the_region_is_read_from_the_stacks_address() -> None:
    """Whatever region the operator's shell is set to."""
    signed = {}

    class Pool:
        def request(self, *_arguments, headers, **_options):
            signed.update(headers)
            raise InterruptedError

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        api = Api("https://abc123.execute-api.eu-west-1.amazonaws.com/")
        api._pool = Pool()
        with pytest.raises(InterruptedError):
            api.get("/v1/leads", stage="sql", next="a=b")
    assert "/eu-west-1/execute-api/aws4_request" in signed["Authorization"]
