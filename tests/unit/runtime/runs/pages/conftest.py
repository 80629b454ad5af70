"""A world with three leads, and a model to publish."""

from collections.abc import Iterator

import pytest

from tests.simulation.quiet import Quiet, quiet
from tests.unit.builders import NOW, cloudevent
from tests.unit.runtime.runs.pages.page import NAMES
from tests.unit.runtime.runs.release import POINTS, call


@pytest.fixture
def stack() -> Iterator[Quiet]:
    with quiet(NOW) as found:
        for name in NAMES:
            found.activity(cloudevent("demo_requested", name=name, subject=f"{name}@gmail.com"))
        found.settle()
        call("POST /v1/models", POINTS)
        yield found
