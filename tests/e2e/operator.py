"""`leadlight` as an operator types it, against a deployed stack."""

from collections.abc import Callable

from click.testing import CliRunner

from infra.local.session import LocalStack
from leadlight.cli.main import main

Cli = Callable[..., str]


def operator(stack: LocalStack) -> Cli:
    """Runs commands with the credentials of somebody who may call the API and do nothing else; returns the output."""
    credentials = stack.http.credentials
    environment = {
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "LEADLIGHT_URL": stack.url,
    }

    def run(*arguments: object) -> str:
        given = [str(argument) for argument in arguments]
        result = CliRunner(env=environment).invoke(main, given, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run
