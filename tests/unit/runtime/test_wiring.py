"""While a sandbox starts: what is made then, and what waits for the first request."""

from functools import cached_property
from typing import Any

import pytest

from leadlight.model.document import read_documents
from leadlight.ports import Unavailable
from leadlight.runtime import wiring
from leadlight.runtime.environment import MissingSettingError


class _Environment:
    in_lambda = True


class _Starting:
    """Ports whose table throttles for a while."""

    def __init__(self, *, throttled: int = 0) -> None:
        self.throttled = throttled
        self.made: list[str] = []

    @property
    def portfolio(self) -> Any:
        if self.throttled:
            self.throttled -= 1
            raise Unavailable("ProvisionedThroughputExceededException")
        self.made.append("portfolio")
        return read_documents()

    @cached_property
    def leads(self) -> str:
        self.made.append("leads")
        return "leads"

    @property
    def records(self) -> Any:
        raise MissingSettingError("LEADLIGHT_RECORDS_TABLE is not set")


def starting(monkeypatch: pytest.MonkeyPatch, **given: Any) -> _Starting:
    ports = _Starting(**given)
    monkeypatch.setattr(wiring, "_ENVIRONMENT", _Environment())
    monkeypatch.setattr(wiring, "_current", ports)
    return ports


def test_a_table_that_throttles_does_not_keep_a_sandbox_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after it is made; the first request asks again."""
    ports = starting(monkeypatch, throttled=1)
    wiring.prepare("portfolio", "leads")
    assert ports.made == ["leads"]
    assert wiring.ports().portfolio == read_documents()


def test_a_stack_that_wants_a_setting_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is ours to mend, and no request would go through."""
    starting(monkeypatch)
    with pytest.raises(MissingSettingError):
        wiring.prepare("records")
