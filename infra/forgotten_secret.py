"""What the ids of forgotten leads are hashed with: nobody who lacks it can tell who they were."""

from aws_cdk import ArnFormat, Aws, Fn, RemovalPolicy, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.nag import acknowledge
from infra.settings import Settings

PREFIX = f"{Aws.STACK_NAME}/forgotten/"
# How cdk-nag spells the pattern below.
FORGOTTEN_WILDCARD = (
    "arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:<AWS::StackName>/forgotten/*"
)


class ForgottenSecret(Construct):
    """A random value that never changes. Its name ends in the stack's id, so a retained one blocks no deployment."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.name = PREFIX + Fn.select(2, Fn.split("/", Aws.STACK_ID))
        self.arn_pattern = Stack.of(self).format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{PREFIX}*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        secret = secretsmanager.Secret(
            self,
            "Secret",
            secret_name=self.name,
            description="Leadlight: key of the hashes of forgotten leads",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=48, exclude_punctuation=True),
            # It goes when the records table goes: the hashes are worth nothing without it.
            removal_policy=RemovalPolicy.RETAIN if settings.removal == "retain" else RemovalPolicy.DESTROY,
        )
        acknowledge(
            secret,
            "AwsSolutions-SMG4",
            "Another value would forget who was forgotten: webhooks that come again would bring them back.",
        )
