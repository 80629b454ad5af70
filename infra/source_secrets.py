"""What each source signs its webhooks with: a random value until the operator puts the vendor's."""

from aws_cdk import ArnFormat, Aws, RemovalPolicy, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.nag import acknowledge
from infra.settings import Settings

PREFIX = f"{Aws.STACK_NAME}/sources/"
# How cdk-nag spells the pattern below.
SECRETS_WILDCARD = (
    "arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:<AWS::StackName>/sources/*"
)


class SourceSecrets(Construct):
    """One secret per source, so that no webhook is open by default."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.prefix = PREFIX
        self.arn_pattern = Stack.of(self).format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{PREFIX}*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        for source in settings.sources:
            self._secret(source)

    def _secret(self, source: str) -> None:
        secret = secretsmanager.Secret(
            self,
            source.replace("-", " ").replace("_", " ").title().replace(" ", ""),
            secret_name=f"{PREFIX}{source}",
            description=f"Leadlight: secret of the webhook source {source}",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=48, exclude_punctuation=True),
            # A retained secret would keep its name and block the stack's next deployment.
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(
            secret,
            "AwsSolutions-SMG4",
            "The vendor issues this value; rotating it here would break its signatures.",
        )
