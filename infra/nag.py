"""cdk-nag's findings that we accept, each beside its reason."""

from aws_cdk import Acknowledgment, App, Validations
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct


def check(app: App) -> None:
    """Make synthesis fail on any finding of the AWS Solutions rules that is not acknowledged."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def acknowledge(construct: IConstruct, finding: str, reason: str) -> None:
    """Accept one finding on one construct, and say why."""
    Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=reason))
