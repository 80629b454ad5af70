"""The whole: accepted by the linters, twice in one account, and named so that others can find its parts."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, aws_sqs

from infra import nag
from infra.app import build_app
from infra.settings import Settings, SettingsError
from infra.stack import LeadlightStack
from tests.infra.synthesized import Synthesized

pytestmark = pytest.mark.xdist_group("infra")

OUTPUTS = {
    *("ApiUrl", "ActivitiesTable", "LeadsTable", "RecordsTable", "Bucket", "Bus", "SecretsPrefix"),
    *("ActivitiesStreamArn", "LeadsStreamArn", "RunsQueueUrl"),
    *("IngestFunction", "RescoreFunction", "PublishFunction"),
    *("NurtureFunction", "RollupFunction", "ApiFunction", "RepairFunction", "EraseFunction", "SweepFunction"),
}
# What a resource may be called in an account, wherever its type says so; an inline policy's name is its role's.
NAME_KEYS = {
    *("Name", "TableName", "BucketName", "QueueName", "TopicName", "FunctionName", "LayerName"),
    *("RoleName", "AlarmName", "LogGroupName", "ScheduleName"),
}
NAMED_BY_OTHERS = {
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::Logs::MetricFilter",
}


def test_cfn_lint_accepts_the_templates(stacks: dict[str, Synthesized]) -> None:
    """W3005 alone is left out: CDK states dependencies that are implied already."""
    templates = [str(stack.path) for stack in stacks.values()]
    cfn_lint = str(Path(sys.executable).with_name("cfn-lint"))
    command = [cfn_lint, "--ignore-checks", "W3005", "--template", *templates]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_cdk_nag_has_no_finding(dev: Synthesized) -> None:
    """Every finding of the AWS Solutions rules is mended, or acknowledged beside its reason."""
    report = json.loads((dev.path.parent / "validation-report.json").read_text())
    assert "AwsSolutions" not in json.dumps(report)


def test_cdk_nag_is_on(tmp_path: Path) -> None:
    """The test above would pass as well if nobody looked: a careless queue stops the synthesis."""
    app = App(outdir=str(tmp_path))
    stack = LeadlightStack(app, "x", settings=Settings(environment="x", stack_name="x"), bundle=False)
    aws_sqs.Queue(stack, "Careless")
    nag.check(app)
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS4"):
        app.synth()


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_two_stacks_fit_in_one_account(stacks: dict[str, Synthesized], name: str) -> None:
    """A name is CloudFormation's, or has the stack's in it: the same template deploys twice."""
    fixed = [
        f"{logical_id}.{key}"
        for logical_id, resource in stacks[name].document["Resources"].items()
        for key, value in resource.get("Properties", {}).items()
        if key in NAME_KEYS and resource["Type"] not in NAMED_BY_OTHERS and not from_stack_name(value)
    ]
    assert fixed == []


def from_stack_name(value: Any) -> bool:
    return '{"Ref": "AWS::StackName"}' in json.dumps(value)


def test_the_outputs_name_every_part(dev: Synthesized) -> None:
    """The CLI, the local runner and the operator find the stack's parts by these."""
    assert set(dev.document["Outputs"]) == OUTPUTS


def test_no_type_is_used_that_the_emulator_lacks(dev: Synthesized) -> None:
    """It refuses a whole template for one of these, so the stack could not run locally."""
    types = {resource["Type"] for resource in dev.document["Resources"].values()}
    lacking = ("AWS::Events::Connection", "AWS::Events::ApiDestination", "AWS::EventSchemas::", "Custom::")
    assert not [kind for kind in types if kind.startswith(lacking)]


def test_the_app_is_built_from_cdk_json(tmp_path: Path) -> None:
    """By itself, without the CDK CLI, and without a call to AWS."""
    app = build_app(context={"leadlight:environment": "local", "leadlight:bundle": False}, outdir=str(tmp_path))
    assert [child.node.id for child in app.node.children if isinstance(child, LeadlightStack)] == ["leadlight-local"]


def test_a_wrong_environment_stops_before_anything_is_built() -> None:
    """The command line's typing error is answered with the names in cdk.json."""
    with pytest.raises(SettingsError, match="allowed: dev, local, prod"):
        build_app(context={"leadlight:environment": "production"})
