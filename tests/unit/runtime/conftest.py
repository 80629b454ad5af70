"""What the tests of this folder run on."""

from collections.abc import Iterator

import pytest

from tests.simulation.quiet import Quiet, quiet
from tests.unit.builders import NOW


@pytest.fixture
def stack() -> Iterator[Quiet]:
    """A quiet world: no fault, nothing at once."""
    with quiet(NOW) as found:
        yield found
