"""Publishing and sweeping during traffic, under crashes, duplicates and concurrent invocations at every I/O point."""

from collections.abc import Callable
from typing import Any

import pytest

from leadlight.runtime import pages, reconsider
from tests.simulation.publishing import Publishing, wrong

CHUNK = 10


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One seed for every ten that `--seeds` says."""
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, max(1, metafunc.config.getoption("seeds") // 10), CHUNK))


def found(seed: int) -> list[Any]:
    simulation = Publishing(seed)
    return list(wrong(simulation, simulation.run()))


def test_every_lead_ends_on_what_is_in_force(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores equal fresh ones, folds equal an ordered pass, decisions have their event unless they are silent.

    In every second course the time is looked at after each lead, so that pages are cut short.
    """
    for seed in range(first, first + CHUNK):
        monkeypatch.setattr(pages, "SHARE", 1 + seed % 2 * 49)
        assert not found(seed), (seed, found(seed))


def _at_once(patch: pytest.MonkeyPatch) -> None:
    """The run does not wait until nobody goes by the documents before."""
    patch.setattr(Publishing, "settles", False)


def _from_scores(patch: pytest.MonkeyPatch) -> None:
    """Another catalogue does not make folds anew."""
    patch.setattr(reconsider, "rebuild", lambda *_: None)


@pytest.mark.parametrize("mutation", [_at_once, _from_scores], ids=lambda each: each.__doc__)
def test_without_a_mechanism_some_lead_stays_behind(
    mutation: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them is there for a reason: without it, some seed breaks a promise."""
    mutation(monkeypatch)
    assert any(found(seed) for seed in range(200, 400))
