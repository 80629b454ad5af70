"""Each test begins with nobody known."""

import pytest

from tests.unit.runtime.runs.release import known


@pytest.fixture(autouse=True)
def _forget() -> None:
    known.clear()
