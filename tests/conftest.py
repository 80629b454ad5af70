"""What every kind of test needs."""

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")


def pytest_addoption(parser) -> None:
    """`make soak` runs the same tests longer."""
    parser.addoption("--seeds", type=int, default=2_000, help="how many seeds the simulation runs")
    parser.addoption("--share", type=int, default=1, help="how many per cent of the long import run")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The real-data folder; tests that need it skip where it is not there."""
    folder = os.environ.get("LEADLIGHT_REAL_DATA")
    if not folder:
        pytest.skip("LEADLIGHT_REAL_DATA is not set: the real data is not part of the project")
    return Path(folder)


def pytest_terminal_summary(terminalreporter) -> None:
    """Says how many tests of each kind ran, and what they cost."""
    tests: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) is None:
                continue
            kind = report.nodeid.split("/")[1] if report.nodeid.startswith("tests/") else "other"
            seconds[kind] += report.duration
            tests[kind] += report.when == "call"
    terminalreporter.section("tests of each kind")
    for kind, count in sorted(tests.items()):
        terminalreporter.write_line(f"{kind:12} {count:5} tests {seconds[kind]:8.1f} s")
