"""The Lambda functions: each with its own code, role, log group and nothing in common but the runtime."""

from pathlib import Path

from aws_cdk import Duration, IgnoreMode, aws_logs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import logs
from infra.access import Access, Grant, Resources
from infra.layer import ROOT
from infra.nag import acknowledge
from infra.runtime import Runtime
from infra.settings import Settings
from infra.sizing import SIZING


class Functions(Construct):
    """All functions by name, each allowed exactly what `infra.access` says."""

    def __init__(self, scope: Construct, construct_id: str, *, runtime: Runtime, resources: Resources) -> None:
        super().__init__(scope, construct_id)
        access = resources.access()
        self.by_name = {
            name: self._function(name, runtime=runtime, access=access[name], settings=resources.settings)
            for name in SIZING
        }

    def __getitem__(self, name: str) -> lambda_.Function:
        """The function of that folder."""
        return self.by_name[name]

    def _function(self, name: str, *, runtime: Runtime, access: Access, settings: Settings) -> lambda_.Function:
        scope = Construct(self, name.title())
        log_group = logs.group(scope, "Logs", settings=settings)
        function = lambda_.Function(
            scope,
            "Function",
            description=f"Leadlight: {name}",
            runtime=runtime.python,
            architecture=runtime.architecture,
            layers=[runtime.layer],
            code=function_code(name),
            handler=f"functions.{name}.handler.lambda_handler",
            role=_role(scope, log_group=log_group, access=access),
            memory_size=SIZING[name].memory_mb,
            timeout=Duration.seconds(SIZING[name].timeout_seconds),
            environment={**_powertools(name, settings=settings), **access.environment},
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            # Never above INFO: lines without a level, metrics among them, count as INFO and would be dropped.
            application_log_level_v2=_line_filter(settings),
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
        )
        acknowledge(
            function,
            "AwsSolutions-L1",
            "The runtime follows the Python that built and tested the layer (3.11 to 3.14).",
        )
        return function


def function_code(name: str, *, root: Path = ROOT) -> lambda_.Code:
    """The package marker and that one folder, so that editing one function changes only its asset."""
    return lambda_.Code.from_asset(
        str(root),
        exclude=[
            "/*",
            "!/functions/",
            "/functions/*",
            "!/functions/__init__.py",
            f"!/functions/{name}/",
            "__pycache__/",
        ],
        ignore_mode=IgnoreMode.GIT,
    )


def _line_filter(settings: Settings) -> lambda_.ApplicationLogLevel:
    debug = settings.log_level == "DEBUG"
    return lambda_.ApplicationLogLevel.DEBUG if debug else lambda_.ApplicationLogLevel.INFO


def _powertools(name: str, *, settings: Settings) -> dict[str, str]:
    return {
        "POWERTOOLS_SERVICE_NAME": name,
        "POWERTOOLS_METRICS_NAMESPACE": "Leadlight",
        "POWERTOOLS_LOG_LEVEL": settings.log_level,
    }


def _role(scope: Construct, *, log_group: aws_logs.LogGroup, access: Access) -> iam.Role:
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    # The group's ARN ends in ":*" by itself: its streams.
    write_logs = Grant(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resource=log_group.log_group_arn)
    for grant in (write_logs, *access.grants):
        role.add_to_policy(grant.statement)
        if grant.wildcard:
            acknowledge(role, f"AwsSolutions-IAM5[Resource::{grant.wildcard}]", grant.reason)
    return role
