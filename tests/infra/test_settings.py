"""A wrong setting stops the deployment before it starts, and says what to write instead."""

from typing import Any

import pytest

from infra import logs
from infra.app import cdk_context
from infra.settings import SettingsError, read_settings
from infra.sizing import LONGEST_SCORING

pytestmark = pytest.mark.xdist_group("infra")


def context(**settings: Any) -> dict[str, Any]:
    return {
        "leadlight:environment": "dev",
        "leadlight:environments": {"dev": {"stack_name": "leadlight-dev", **settings}},
    }


def test_only_the_stacks_name_must_be_given() -> None:
    """The defaults are the safe ones: data is kept, for 400 days, on arm64."""
    settings = read_settings(context())
    assert (settings.architecture, settings.removal, settings.retention_days) == ("arm64", "retain", 400)


@pytest.mark.parametrize("environment", sorted(cdk_context()["leadlight:environments"]))
def test_every_environment_of_cdk_json_is_valid(environment: str) -> None:
    """What ships in cdk.json can be chosen as it is."""
    assert read_settings({**cdk_context(), "leadlight:environment": environment}).environment == environment


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"architecture": "arm"}, "\"architecture\" is 'arm'; allowed: 'arm64', 'x86_64' or 'host'"),
        ({"removal": True}, "\"removal\" is True; allowed: 'retain' or 'destroy'"),
        ({"retention_days": 7}, '"retention_days" is 7; Input should be greater than or equal to 400'),
        ({"retention_days": "400"}, "\"retention_days\" is '400'; Input should be a valid integer"),
        ({"log_retention_days": 8}, '"log_retention_days" is 8; allowed: 1, 3, 5, 7, 14, 30'),
        ({"stack_name": "1st"}, "\"stack_name\" is '1st'; String should match pattern"),
        ({"alarm_email": "growth"}, "\"alarm_email\" is 'growth'; String should match pattern"),
        ({"sources": ["Segment"]}, "\"sources.0\" is 'Segment'; String should match pattern"),
        ({"colour": "red"}, '"colour" is no setting; allowed: alarm_email, architecture'),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_may_be(wrong: dict[str, Any], sentence: str) -> None:
    """The message leads to the line in cdk.json."""
    with pytest.raises(SettingsError) as error:
        read_settings(context(**wrong))
    assert f'cdk.json: "leadlight:environments" > "dev" > {sentence}' in str(error.value)


def test_a_missing_name_is_named() -> None:
    """Every environment needs a stack name of its own."""
    with pytest.raises(SettingsError, match='"dev" > "stack_name" is missing'):
        read_settings({"leadlight:environment": "dev", "leadlight:environments": {"dev": {}}})


def test_an_unknown_environment_lists_the_known() -> None:
    """A typing error on the command line shows what can be chosen."""
    with pytest.raises(SettingsError, match="\"leadlight:environment\" is 'stage'; allowed: dev"):
        read_settings({**context(), "leadlight:environment": "stage"})


def test_every_allowed_log_retention_deploys() -> None:
    """The settings allow exactly what the log groups can be given."""
    for days in logs.RETENTION:
        assert read_settings(context(log_retention_days=days)).log_retention_days == days


def test_a_run_begins_when_nobody_goes_by_the_documents_before() -> None:
    """Each of the two settings may be raised; the message names both, and the smallest that is allowed."""
    least = 45 + LONGEST_SCORING
    assert read_settings(context(documents_seconds=45, settle_seconds=least)).settle_seconds == least
    with pytest.raises(SettingsError) as error:
        read_settings(context(documents_seconds=45))
    assert f'> "dev": "settle_seconds" is 90, the smallest allowed is {least}: "documents_seconds" (45)' in str(
        error.value
    )


def test_only_the_local_emulator_settles_early() -> None:
    """It says so; a stack that is deployed can't."""
    early = {"documents_seconds": 1, "settle_seconds": 5, "settle_early": True}
    assert read_settings(context(architecture="host", **early)).settle_seconds == 5
    with pytest.raises(SettingsError, match='"dev": "settle_early" is for the local emulator'):
        read_settings(context(**early))
    with pytest.raises(SettingsError, match=f"smallest allowed is {1 + LONGEST_SCORING}"):
        read_settings(context(architecture="host", documents_seconds=1, settle_seconds=5))
