"""A translator that has an error."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from leadlight import sources
from leadlight.activity import Activity
from leadlight.problems import MalformedEvent


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A translator that has an error: no Demo Requested is understood until it is mended by `undo`."""
    segment = sources.SOURCES["segment"]

    def misread(event: Any) -> Activity:
        if event.get("event") == "Demo Requested":
            raise MalformedEvent("event must be what we thought of", field="event")
        return segment.activity(event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sources.SOURCES, "segment", replace(segment, activity=misread))  # type: ignore[arg-type]
        yield patch
