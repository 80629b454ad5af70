"""Ranking: pages in order, without gaps or repeats, however large a bucket is."""

from types import SimpleNamespace

import pytest

from leadlight.adapters.lead_items import rank_key, rank_of
from leadlight.model.structs import BuyingStage
from leadlight.problems import MalformedEvent
from leadlight.runtime.api import ranking as module
from leadlight.runtime.api.ranking import ranking
from leadlight.scoring import Totals
from leadlight.state import LeadState
from tests.unit.builders import NOW


class Ports:
    """Leads by what they scored when they were saved, and what they score today."""

    def __init__(self, scores: dict[str, tuple[int, int]]) -> None:
        self.keys = sorted((rank_key(saved, lead_id) for lead_id, (saved, _) in scores.items()), reverse=True)
        self.today = {lead_id: today for lead_id, (_, today) in scores.items()}
        self.reads = 0
        self.leads = self.portfolio = self

    def now(self):
        return NOW

    def ranked(self, stages, *, below, limit):
        return [key for key in self.keys if key < below][:limit]

    def get_many(self, lead_ids):
        self.reads += len(lead_ids)
        return [LeadState(lead_id, fold=lead_id) for lead_id in lead_ids]

    def score(self, fold, day):
        return SimpleNamespace(totals=Totals(self.today[fold], "A", BuyingStage.DECISION))


def pages(ports: Ports, limit: int) -> list[str]:
    found, token = [], None
    while True:
        page, token = ranking(ports, stages=("lead",), limit=limit, token=token)
        found += [row.state.lead_id for row in page]
        if token is None:
            return found


@pytest.fixture
def _short_runs(monkeypatch):
    monkeypatch.setattr(module, "RUN", 7)


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 50])
def test_a_run_is_in_the_order_of_todays_scores(limit):
    """Whatever the scores were when they were saved."""
    scores = {f"ld_{n:02d}": (n * 3, n * 7 % 90) for n in range(33)}
    wanted = sorted(scores, key=lambda one: (-scores[one][1], one))
    assert pages(Ports(scores), limit) == wanted


@pytest.mark.usefixtures("_short_runs")
@pytest.mark.parametrize("limit", [1, 2, 5, 6, 50])
def test_runs_end_where_buckets_do(limit):
    """Where nothing faded, run after run is the whole order."""
    scores = {f"ld_{n:02d}": (n * 3, n * 3) for n in range(33)}
    assert pages(Ports(scores), limit) == sorted(scores, key=lambda one: -scores[one][1])


@pytest.mark.usefixtures("_short_runs")
@pytest.mark.parametrize("limit", [1, 3, 6])
def test_a_bucket_of_many_leads_is_paged_run_by_run(limit):
    """Each lead once, at a bounded cost, and in order within a run."""
    scores = {f"ld_{n:03d}": (2, n * 7 % 5) for n in range(100)}
    ports = Ports(scores)
    found = pages(ports, limit)
    assert sorted(found) == sorted(scores)
    first = [rank_of(key)[1] for key in ports.keys[:7]]
    assert found[:7] == sorted(first, key=lambda one: (-scores[one][1], one))
    ports.reads = 0
    ranking(ports, stages=("lead",), limit=limit, token=None)
    assert ports.reads <= 14


def test_nobody_is_a_page_too():
    """No lead, no token."""
    assert ranking(Ports({}), stages=("lead",), limit=5, token=None) == ([], None)


@pytest.mark.parametrize("token", ["x", "bm90aGluZw=="])
def test_a_token_is_what_a_page_gave(token):
    """Anything else is told."""
    with pytest.raises(MalformedEvent, match="token"):
        ranking(Ports({}), stages=("lead",), limit=5, token=token)
