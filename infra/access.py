"""Who may do what, and who knows which name: the one table to read when a function is denied something."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aws_cdk import aws_iam as iam

from infra.bus import Bus
from infra.failures import FailureQueues
from infra.forgotten_secret import FORGOTTEN_WILDCARD, ForgottenSecret
from infra.runs import Runs
from infra.settings import Settings
from infra.source_secrets import SECRETS_WILDCARD, SourceSecrets
from infra.storage import FAILED_PREFIX, STREAM_FAILURES_PREFIX, Storage
from infra.tables import RANKING_INDEX, Tables

BRINGING = ("BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query")  # facts into their leads
QUEUE_ACTIONS = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage")
TABLES = ("ACTIVITIES_TABLE", "LEADS_TABLE", "RECORDS_TABLE")
_ANY = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
STREAM_ACTIONS = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Actions on one resource; one that ends in `*` says why, and how cdk-nag spells it."""

    actions: tuple[str, ...]
    resource: str
    wildcard: str = ""
    reason: str = ""

    @property
    def statement(self) -> iam.PolicyStatement:
        """The grant in IAM's words."""
        return iam.PolicyStatement(actions=list(self.actions), resources=[self.resource])


@dataclass(frozen=True, kw_only=True)
class Access:
    """One function's grants, and the environment variables that name what is granted."""

    grants: tuple[Grant, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What functions can be granted."""

    settings: Settings
    tables: Tables
    storage: Storage
    bus: Bus
    secrets: SourceSecrets
    forgotten: ForgottenSecret
    failures: FailureQueues
    runs: Runs

    def access(self) -> dict[str, Access]:
        """Each function's access by its name; nothing beyond what its code calls."""
        activities, leads, records = self.tables.activities, self.tables.leads, self.tables.records
        failed_bodies = self._put_objects(FAILED_PREFIX, "Each failed event has an object of its own.")
        read_forgotten = Grant(
            actions=("secretsmanager:GetSecretValue",),
            resource=self.forgotten.arn_pattern,
            wildcard=FORGOTTEN_WILDCARD,
            reason="Secrets Manager ends an ARN in characters of its own.",
        )
        put_events = _allow("events:PutEvents", self.bus.bus.event_bus_arn)
        return {
            "ingest": Access(
                grants=(
                    _table(activities.table_arn, "BatchWriteItem", "PutItem"),
                    _table(records.table_arn, "Query", "UpdateItem"),
                    Grant(
                        actions=("secretsmanager:GetSecretValue",),
                        resource=self.secrets.arn_pattern,
                        wildcard=SECRETS_WILDCARD,
                        reason="Sources are added without a deployment, each below the stack's prefix.",
                    ),
                    failed_bodies,
                ),
                environment=self._names(
                    "ACTIVITIES_TABLE",
                    "RECORDS_TABLE",
                    "BUCKET",
                    "SECRETS_PREFIX",
                    "RETENTION_DAYS",
                    "FOLD_PLUS_TAGS",
                    "DOCUMENTS_SECONDS",
                ),
            ),
            "rescore": Access(
                grants=(
                    _table(activities.table_arn, *BRINGING),
                    _table(
                        leads.table_arn,
                        "BatchGetItem",
                        "BatchWriteItem",
                        "ConditionCheckItem",
                        "DeleteItem",
                        "PutItem",
                        "Query",
                    ),
                    _table(records.table_arn, "BatchWriteItem", "GetItem", "Query", "UpdateItem"),
                    failed_bodies,
                    read_forgotten,
                    *self._stream(activities.table_stream_arn),
                ),
                environment=self._names(*TABLES, "BUCKET", "FORGOTTEN_SECRET", "RETENTION_DAYS", "DOCUMENTS_SECONDS"),
            ),
            "publish": Access(
                grants=(
                    _table(leads.table_arn, "Query", "UpdateItem"),
                    _table(records.table_arn, "BatchWriteItem", "Query"),
                    put_events,
                    *self._stream(leads.table_stream_arn),
                ),
                environment=self._names("LEADS_TABLE", "RECORDS_TABLE", "BUS"),
            ),
            "nurture": Access(
                grants=(
                    _table(leads.table_arn, "BatchGetItem", "BatchWriteItem", "GetItem", "PutItem", "Query"),
                    _table(records.table_arn, "Query"),
                    _allow("sqs:SendMessage", self.failures.nurture.queue_arn),
                ),
                environment=self._names("LEADS_TABLE", "RECORDS_TABLE", "DOCUMENTS_SECONDS"),
            ),
            "rollup": Access(
                grants=(
                    _table(leads.table_arn, "PutItem", "Query", "Scan"),
                    _table(records.table_arn, "BatchWriteItem", "Query"),
                    _allow("sqs:SendMessage", self.failures.rollup.queue_arn),
                ),
                environment=self._names("LEADS_TABLE", "RECORDS_TABLE", "DOCUMENTS_SECONDS"),
            ),
            "sweep": Access(
                grants=(
                    _table(activities.table_arn, "DeleteItem", "PutItem", "Query"),
                    _table(leads.table_arn, "DeleteItem", "PutItem", "Query", "Scan"),
                    _table(records.table_arn, "GetItem", "PutItem", "Query", "UpdateItem"),
                    failed_bodies,
                    put_events,
                    Grant(actions=QUEUE_ACTIONS, resource=self.runs.queue.queue_arn),
                    _allow("sqs:SendMessage", self.failures.sweep.queue_arn),
                ),
                environment=self._names(
                    *TABLES, "BUCKET", "BUS", "RETENTION_DAYS", "DOCUMENTS_SECONDS", "SETTLE_SECONDS", "RUNS_QUEUE"
                ),
            ),
            "api": Access(
                grants=(
                    _table(activities.table_arn, "Query"),
                    _table(leads.table_arn, "BatchGetItem", "GetItem", "Query", "Scan"),
                    _table(f"{leads.table_arn}/index/{RANKING_INDEX}", "Query"),
                    _table(records.table_arn, "BatchWriteItem", "GetItem", "PutItem", "Query"),
                    put_events,
                    _allow("sqs:SendMessage", self.runs.queue.queue_arn),
                ),
                environment=self._names(
                    *TABLES,
                    "BUS",
                    "RETENTION_DAYS",
                    "FOLD_PLUS_TAGS",
                    "DOCUMENTS_SECONDS",
                    "SETTLE_SECONDS",
                    "RUNS_QUEUE",
                ),
            ),
            "repair": self._repair(put_events, read_forgotten),
            "erase": Access(
                grants=(
                    _table(activities.table_arn, "BatchWriteItem", "Query"),
                    _table(leads.table_arn, "BatchGetItem", "BatchWriteItem", "GetItem", "Query"),
                    _table(records.table_arn, "BatchWriteItem", "DeleteItem", "GetItem", "Query", "UpdateItem"),
                    _allow("s3:ListBucket", self.storage.bucket.bucket_arn),
                    self._objects(FAILED_PREFIX, *_ANY, reason="Anybody's failed event may name the person."),
                    self._objects(STREAM_FAILURES_PREFIX, *_ANY, reason="So may a batch that a stream gave up."),
                    read_forgotten,
                ),
                environment=self._names(
                    *TABLES, "BUCKET", "FORGOTTEN_SECRET", "RETENTION_DAYS", "FOLD_PLUS_TAGS", "DOCUMENTS_SECONDS"
                ),
            ),
        }

    def _repair(self, *also: Grant) -> Access:
        """What rescore, publish and nurture may do with the tables; and to read what they could not take."""
        activities, leads, records = self.tables.activities, self.tables.leads, self.tables.records
        take = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
        return Access(
            grants=(
                _table(activities.table_arn, *BRINGING),
                _table(
                    leads.table_arn,
                    "BatchWriteItem",
                    "BatchGetItem",
                    "ConditionCheckItem",
                    "DeleteItem",
                    "GetItem",
                    "PutItem",
                    "Query",
                    "Scan",
                    "UpdateItem",
                ),
                _table(records.table_arn, "BatchWriteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
                _allow("s3:ListBucket", self.storage.bucket.bucket_arn),
                self._objects(
                    FAILED_PREFIX, "s3:GetObject", "s3:PutObject", reason="Any failed event may be replayed."
                ),
                self._objects(
                    STREAM_FAILURES_PREFIX, "s3:DeleteObject", "s3:GetObject", reason="So may any batch be redriven."
                ),
                *(Grant(actions=take, resource=queue.queue_arn) for queue in self.failures.all.values()),
                _allow("sqs:SendMessage", self.runs.queue.queue_arn),
                *also,
            ),
            environment={
                **self._names(
                    *TABLES,
                    "BUCKET",
                    "BUS",
                    "FORGOTTEN_SECRET",
                    "RETENTION_DAYS",
                    "FOLD_PLUS_TAGS",
                    "DOCUMENTS_SECONDS",
                    "SETTLE_SECONDS",
                    "RUNS_QUEUE",
                ),
                **{
                    f"LEADLIGHT_{consumer.upper()}_FAILURES": queue.queue_url
                    for consumer, queue in self.failures.all.items()
                },
            },
        )

    def _stream(self, stream_arn: str | None) -> Iterator[Grant]:
        """What Lambda does in the function's name: read the stream, and keep what could not be processed."""
        if stream_arn is None:
            raise ValueError("this table has no stream")
        yield Grant(actions=STREAM_ACTIONS, resource=stream_arn)
        yield self._put_objects(STREAM_FAILURES_PREFIX, "Lambda names the object of each failed batch.")
        yield _allow("s3:ListBucket", self.storage.bucket.bucket_arn)

    def _put_objects(self, prefix: str, reason: str) -> Grant:
        return self._objects(prefix, "s3:PutObject", reason=reason)

    def _objects(self, prefix: str, *actions: str, reason: str) -> Grant:
        return Grant(
            actions=actions,
            resource=self.storage.bucket.arn_for_objects(f"{prefix}*"),
            wildcard=f"<{self.storage.bucket_logical_id}.Arn>/{prefix}*",
            reason=reason,
        )

    def _names(self, *wanted: str) -> dict[str, str]:
        names = {
            "ACTIVITIES_TABLE": self.tables.activities.table_name,
            "LEADS_TABLE": self.tables.leads.table_name,
            "RECORDS_TABLE": self.tables.records.table_name,
            "BUCKET": self.storage.bucket.bucket_name,
            "BUS": self.bus.bus.event_bus_name,
            "SECRETS_PREFIX": self.secrets.prefix,
            "FORGOTTEN_SECRET": self.forgotten.name,
            "RETENTION_DAYS": str(self.settings.retention_days),
            "FOLD_PLUS_TAGS": str(self.settings.fold_plus_tags).lower(),
            "DOCUMENTS_SECONDS": str(self.settings.documents_seconds),
            "SETTLE_SECONDS": str(self.settings.settle_seconds),
            "RUNS_QUEUE": self.runs.queue.queue_url,
        }
        return {f"LEADLIGHT_{name}": names[name] for name in wanted}


def _table(arn: str, *operations: str) -> Grant:
    return Grant(actions=tuple(f"dynamodb:{operation}" for operation in operations), resource=arn)


def _allow(action: str, resource: str) -> Grant:
    return Grant(actions=(action,), resource=resource)
