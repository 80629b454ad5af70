"""The three tables: facts come in, one small item per lead is the state, records hold what was concluded."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.settings import Settings

RANKING_INDEX = "ranking"
TTL_ATTRIBUTE = "expires_at"


class Tables(Construct):
    """Activities, Leads and Records: on demand, encrypted, restorable to any second of the last 35 days."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._retain = settings.removal == "retain"
        both_images = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES
        self.activities = self._table("Activities", "lead_id", "key", ttl=TTL_ATTRIBUTE, stream=both_images)
        self.leads = self._table("Leads", "lead_id", "item", stream=both_images)
        self.leads.add_global_secondary_index(
            index_name=RANKING_INDEX,
            partition_key=_string("rank_partition"),
            sort_key=_string("rank_key"),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.records = self._table("Records", "pk", "sk", ttl=TTL_ATTRIBUTE)

    def _table(
        self,
        name: str,
        partition: str,
        sort: str,
        *,
        ttl: str | None = None,
        stream: dynamodb.StreamViewType | None = None,
    ) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            name,
            partition_key=_string(partition),
            sort_key=_string(sort),
            time_to_live_attribute=ttl,
            stream=stream,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=self._retain,
            removal_policy=RemovalPolicy.RETAIN if self._retain else RemovalPolicy.DESTROY,
        )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
