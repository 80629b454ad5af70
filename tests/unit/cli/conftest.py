import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from leadlight.cli.main import main
from tests.unit.builders import NOW
from tests.unit.cli.local_api import LocalApi, serving

Cli = Callable[..., Result]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """`leadlight`, as an operator with credentials and a home of their own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for name in ("LEADLIGHT_URL", "XDG_CONFIG_HOME", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    clock = (NOW + timedelta(seconds=n) for n in count())  # the stack's, which goes on
    monkeypatch.setattr("leadlight.cli.merges.now", lambda: next(clock))

    def run(*arguments: object, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, catch_exceptions=False)

    return run


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalApi]:
    """A stack on this machine; LEADLIGHT_URL points to it, and nobody really waits between attempts."""
    monkeypatch.setattr("leadlight.cli.client.LONGEST_WAIT", 0)
    with serving() as local:
        monkeypatch.setenv("LEADLIGHT_URL", local.url)
        yield local


@pytest.fixture
def jsonl(tmp_path: Path) -> Callable[[Sequence[Mapping[str, Any]]], Path]:
    """Writes CloudEvents lines."""

    def write(events: Sequence[Mapping[str, Any]]) -> Path:
        path = tmp_path / "activities.jsonl"
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        return path

    return write
