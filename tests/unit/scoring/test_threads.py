"""One engine scores for several threads at once: what one of them learns is in nobody's way."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from leadlight.model.document import read_documents
from leadlight.scoring import Engine, plan
from leadlight.scoring.score import Totals
from leadlight.state import Fold

MODEL, TODAY, LEADS, THREADS = read_documents().model, 20_000, 400, 8
SIGNALS = MODEL.rewarded


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads take turns all the time, and there is hardly any room to remember."""
    interval = sys.getswitchinterval()
    monkeypatch.setattr(plan, "_MOST", 100)
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def folds(thread: int) -> list[Fold]:
    return [
        Fold(signals={signal: {TODAY - lead - n: 1 + (lead + thread) % 50} for n, signal in enumerate(SIGNALS)})
        for lead in range(LEADS)
    ]


@pytest.mark.usefixtures("hasty")
def test_threads_that_share_an_engine_find_what_one_finds_alone() -> None:
    """Also while what it remembers makes room."""
    engine, alone = Engine(MODEL), Engine(MODEL)

    def totals(thread: int) -> list[Totals]:
        return [engine.totals(fold, TODAY) for fold in folds(thread)]

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(totals, range(THREADS)))
    assert found == [[alone.totals(fold, TODAY) for fold in folds(thread)] for thread in range(THREADS)]
