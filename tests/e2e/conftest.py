"""The deployed stack on the embedded emulator, once per session; all tests of this folder share it.

Two cores carry one emulator: every test here runs in the same xdist worker, one after another.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.session import LocalStack, local_stack

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The hook sees the items of every folder; only ours talk to the emulator."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("e2e"))
            item.add_marker(pytest.mark.enable_aws)


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """The stack without IAM: what most tests need. Tests share it: use leads of your own."""
    with local_stack() as running:
        yield running


@pytest.fixture(scope="session")
def stack_enforced() -> Iterator[LocalStack]:
    """The stack with every call checked against its caller's grants (`AUTH=true`)."""
    with local_stack(auth=True) as running:
        yield running
