"""The synthesized template, unchanged, onto the emulator: publish the assets, create the stack, read it back."""

import json
import time
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from infra.local.aws import ACCOUNT, BOOTSTRAP_QUALIFIER, REGION, Clients

ASSETS_BUCKET = f"cdk-{BOOTSTRAP_QUALIFIER}-assets-{ACCOUNT}-{REGION}"
BOOTSTRAP_PARAMETER = f"/cdk-bootstrap/{BOOTSTRAP_QUALIFIER}/version"
CREATE_SECONDS = 120.0
# What differs from a deployment to AWS, all of it; a parameter the template does not know is left out.
LOCAL_PARAMETERS = {"StreamMappings": "disabled", "Emulated": "true"}


class DeployFailed(RuntimeError):
    """The stack was not created; the message lists the resources that failed and why."""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A created stack: its name, its outputs, its physical resources by type, and each table's TTL attribute."""

    stack_name: str
    outputs: dict[str, str]
    resources: dict[str, list[str]]
    expiry: dict[str, str]


def deploy(clients: Clients, assembly: Path, *, stack_name: str | None = None) -> Deployed:
    """Deploy the one stack of the cloud assembly (or the one named) and wait for it."""
    name, artifact = _stack(assembly, stack_name)
    properties = artifact["properties"]
    template = (assembly / properties["templateFile"]).read_text()
    _bootstrap(clients)
    _publish(clients, assembly, name)
    _create(clients, name, template, url=_template_url(clients, properties))
    created = clients("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    return Deployed(
        stack_name=name,
        outputs=_outputs(clients, name),
        resources=_by_type(created),
        expiry=_expiry(json.loads(template), created),
    )


def _stack(assembly: Path, wanted: str | None) -> tuple[str, dict[str, Any]]:
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    stacks = {
        artifact.get("properties", {}).get("stackName", key): artifact
        for key, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    if wanted is None and len(stacks) != 1:
        raise DeployFailed(f"which stack? the assembly has {', '.join(sorted(stacks))}")
    name = wanted or next(iter(stacks))
    return name, stacks[name]


def _bootstrap(clients: Clients) -> None:
    """What `cdk bootstrap` leaves in an account, as far as a deployment asks for it."""
    clients("s3").create_bucket(Bucket=ASSETS_BUCKET)
    clients("ssm").put_parameter(Name=BOOTSTRAP_PARAMETER, Value="30", Type="String", Overwrite=True)


def _publish(clients: Clients, assembly: Path, name: str) -> None:
    manifest = json.loads(_asset_manifest(assembly, name).read_text())
    for file in manifest["files"].values():
        source = assembly / file["source"]["path"]
        body = _zipped(source) if file["source"]["packaging"] == "zip" else source.read_bytes()
        for destination in file["destinations"].values():
            clients("s3").put_object(
                Bucket=_resolved(destination["bucketName"]), Key=destination["objectKey"], Body=body
            )


def _asset_manifest(assembly: Path, name: str) -> Path:
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    dependencies = next(
        artifact["dependencies"]
        for key, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack" and artifact["properties"].get("stackName", key) == name
    )
    file = next(artifacts[key] for key in dependencies if artifacts[key]["type"] == "cdk:asset-manifest")
    return assembly / str(file["properties"]["file"])


def _resolved(text: str) -> str:
    return text.replace("${AWS::AccountId}", ACCOUNT).replace("${AWS::Region}", REGION)


def _zipped(source: Path) -> bytes:
    """The folder (or the archive that it already is) as a zip; stored, since it is read again at once."""
    if source.is_file():
        return source.read_bytes()
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(source))
    return buffer.getvalue()


def _template_url(clients: Clients, properties: dict[str, Any]) -> str:
    """Where the template was published: a body in the request may be only 51,200 bytes long."""
    return clients.endpoint + "/" + _resolved(properties["stackTemplateAssetObjectUrl"]).removeprefix("s3://")


def _create(clients: Clients, name: str, template: str, *, url: str) -> None:
    known = json.loads(template).get("Parameters", {})
    parameters = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in LOCAL_PARAMETERS.items() if key in known
    ]
    clients("cloudformation").create_stack(
        StackName=name,
        TemplateURL=url,
        Parameters=parameters,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        OnFailure="DO_NOTHING",
    )
    deadline = time.monotonic() + CREATE_SECONDS
    while time.monotonic() < deadline:
        status = clients("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        if status == "CREATE_COMPLETE":
            return
        if status != "CREATE_IN_PROGRESS":
            raise DeployFailed(f"{name} is {status}\n{_failures(clients, name)}")
        time.sleep(0.05)
    raise DeployFailed(f"{name} was not created within {CREATE_SECONDS:.0f} s")


def _failures(clients: Clients, name: str) -> str:
    events = clients("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return "\n".join(
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if "FAILED" in event["ResourceStatus"]
    )


def _outputs(clients: Clients, name: str) -> dict[str, str]:
    stack = clients("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _by_type(created: list[dict[str, Any]]) -> dict[str, list[str]]:
    by_type: dict[str, list[str]] = {}
    for resource in created:
        by_type.setdefault(resource["ResourceType"], []).append(resource["PhysicalResourceId"])
    return by_type


def _expiry(template: dict[str, Any], created: list[dict[str, Any]]) -> dict[str, str]:
    """From the template, because the emulator's CloudFormation leaves a table's time to live off."""
    attributes = {}
    for resource in created:
        properties = template["Resources"][resource["LogicalResourceId"]].get("Properties", {})
        if specification := properties.get("TimeToLiveSpecification"):
            attributes[resource["PhysicalResourceId"]] = str(specification["AttributeName"])
    return attributes
