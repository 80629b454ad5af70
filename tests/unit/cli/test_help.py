"""Help teaches: each command says what it does, shows an example to copy, and explains each option."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from leadlight.cli.main import main


def commands(
    command: click.Command = main, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, sub in command.commands.items():
            yield from commands(sub, (*path, name))


ALL = dict(commands())


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    """`--help` exits with 0 and shows the command itself as one would type it, or the mapping that it reads."""
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    assert ALL[path].help
    shown = " ".join(("leadlight", *path)) if path != ("import",) else "source: import:crm"
    assert f"  {shown}" in result.output.partition("Options:")[2]


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_option_is_explained(path: tuple[str, ...]) -> None:
    """No option without a sentence."""
    for option in ALL[path].params:
        assert not isinstance(option, click.Option) or option.help, option.name


def test_the_commands_are_those_that_the_readme_names() -> None:
    """Nothing is missing, and nothing is there that nobody knows of."""
    assert {" ".join(path) for path in ALL if path} == {
        "new", "validate", "set", "schema", "reference", "diff", "backtest", "score", "explain", "history", "forecast", "import", "import leads", "import accounts", "import activities", "import deals", "import spend", "leads", "lead", "accounts", "account", "kpis", "merge", "unmerge", "shared", "human", "bot", "export", "forget", "draft", "publish", "rollback", "models", "failed", "failed list", "failed show", "failed replay", "redrive", "rebuild", "audit", "state",
    }  # fmt: skip


def test_wrong_usage_exits_with_2(tmp_path) -> None:
    """What the operator typed wrong is told apart from what is wrong with a file or a stack."""
    without_facts = (["explain", "x"], ["history", "x"], ["forecast", "x"])
    for arguments in (["nothing"], ["score"], ["leads"], *without_facts, ["diff", "x"], ["score", "--as-of", "soon"]):
        assert CliRunner().invoke(main, arguments).exit_code == 2
