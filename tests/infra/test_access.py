"""Least privilege: each role may do exactly this, and each function knows exactly these names."""

import re
from typing import Any

import pytest

from tests.infra.synthesized import Synthesized

pytestmark = pytest.mark.xdist_group("infra")

LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
STREAM = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
}
PUT = {"s3:PutObject"}
ANY = {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"}
PUT_EVENTS = {"events:PutEvents"}
SEND = {"sqs:SendMessage"}
TAKE = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}

GRANTS: dict[str, dict[str, set[str]]] = {
    "Ingest": {
        "IngestLogs": LOGS,
        "Activities": {"dynamodb:BatchWriteItem", "dynamodb:PutItem"},
        "Records": {"dynamodb:Query", "dynamodb:UpdateItem"},
        "Bucket/failed/*": PUT,
        "secret:AWS::StackName/sources/*": {"secretsmanager:GetSecretValue"},
    },
    "Rescore": {
        "RescoreLogs": LOGS,
        "Activities": {
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        "Activities stream": STREAM,
        "Leads": {
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        "Records": {
            "dynamodb:BatchWriteItem",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "secret:AWS::StackName/forgotten/*": {"secretsmanager:GetSecretValue"},
        "Bucket": {"s3:ListBucket"},
        "Bucket/failed/*": PUT,
        "Bucket/aws/lambda/*": PUT,
    },
    "Publish": {
        "PublishLogs": LOGS,
        "Leads": {"dynamodb:Query", "dynamodb:UpdateItem"},
        "Leads stream": STREAM,
        "Records": {"dynamodb:BatchWriteItem", "dynamodb:Query"},
        "Bus": PUT_EVENTS,
        "Bucket": {"s3:ListBucket"},
        "Bucket/aws/lambda/*": PUT,
    },
    "Nurture": {
        "NurtureLogs": LOGS,
        "Leads": {
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        "Records": {"dynamodb:Query"},
        "FailuresNurture": SEND,
    },
    "Rollup": {
        "RollupLogs": LOGS,
        "Leads": {"dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"},
        "Records": {"dynamodb:BatchWriteItem", "dynamodb:Query"},
        "FailuresRollup": SEND,
    },
    "Sweep": {
        "SweepLogs": LOGS,
        "Activities": {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query"},
        "Leads": {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"},
        "Records": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"},
        "Bucket/failed/*": PUT,
        "Bus": PUT_EVENTS,
        "RunsQueue": {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage"},
        "FailuresSweep": SEND,
    },
    "Api": {
        "ApiLogs": LOGS,
        "Activities": {"dynamodb:Query"},
        "Leads": {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"},
        "Leads/index/ranking": {"dynamodb:Query"},
        "Records": {"dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"},
        "Bus": PUT_EVENTS,
        "RunsQueue": SEND,
    },
    "Repair": {
        "RepairLogs": LOGS,
        "Activities": {
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        "Leads": {
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        },
        "Records": {
            "dynamodb:BatchWriteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "Bus": PUT_EVENTS,
        "FailuresNurture": TAKE,
        "FailuresRollup": TAKE,
        "FailuresSweep": TAKE,
        "RunsQueue": SEND,
        "Bucket": {"s3:ListBucket"},
        "Bucket/failed/*": {"s3:GetObject", "s3:PutObject"},
        "Bucket/aws/lambda/*": {"s3:DeleteObject", "s3:GetObject"},
        "secret:AWS::StackName/forgotten/*": {"secretsmanager:GetSecretValue"},
    },
    "Erase": {
        "EraseLogs": LOGS,
        "Activities": {"dynamodb:BatchWriteItem", "dynamodb:Query"},
        "Leads": {"dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:Query"},
        "Records": {
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "Bucket": {"s3:ListBucket"},
        "Bucket/failed/*": ANY,
        "Bucket/aws/lambda/*": ANY,
        "secret:AWS::StackName/forgotten/*": {"secretsmanager:GetSecretValue"},
    },
    "Schedule": {
        "RollupFunction": {"lambda:InvokeFunction"},
        "FailuresRollup": SEND,
        "SweepFunction": {"lambda:InvokeFunction"},
        "FailuresSweep": SEND,
    },
}

TABLES = ("ACTIVITIES_TABLE", "LEADS_TABLE", "RECORDS_TABLE")
NAMES = {
    "Ingest": {
        "ACTIVITIES_TABLE",
        "RECORDS_TABLE",
        "BUCKET",
        "SECRETS_PREFIX",
        "RETENTION_DAYS",
        "FOLD_PLUS_TAGS",
        "DOCUMENTS_SECONDS",
    },
    "Rescore": {*TABLES, "BUCKET", "FORGOTTEN_SECRET", "RETENTION_DAYS", "DOCUMENTS_SECONDS"},
    "Publish": {"LEADS_TABLE", "RECORDS_TABLE", "BUS"},
    "Nurture": {"LEADS_TABLE", "RECORDS_TABLE", "DOCUMENTS_SECONDS"},
    "Rollup": {"LEADS_TABLE", "RECORDS_TABLE", "DOCUMENTS_SECONDS"},
    "Sweep": {*TABLES, "BUCKET", "BUS", "RETENTION_DAYS", "DOCUMENTS_SECONDS", "SETTLE_SECONDS", "RUNS_QUEUE"},
    "Api": {*TABLES, "BUS", "RETENTION_DAYS", "FOLD_PLUS_TAGS", "DOCUMENTS_SECONDS", "SETTLE_SECONDS", "RUNS_QUEUE"},
    "Repair": {
        *(*TABLES, "BUCKET", "BUS", "FORGOTTEN_SECRET", "RETENTION_DAYS", "FOLD_PLUS_TAGS", "DOCUMENTS_SECONDS"),
        *("NURTURE_FAILURES", "ROLLUP_FAILURES", "SWEEP_FAILURES", "SETTLE_SECONDS", "RUNS_QUEUE"),
    },
    "Erase": {*TABLES, "BUCKET", "FORGOTTEN_SECRET", "RETENTION_DAYS", "FOLD_PLUS_TAGS", "DOCUMENTS_SECONDS"},
}


def plain(resource: Any) -> str:
    """A resource's ARN in the template as the short name that the tables above use."""
    match resource:
        case str():
            return resource
        case {"Ref": name}:
            return str(name)
        case {"Fn::GetAtt": [name, attribute]}:
            short = re.sub(r"[0-9A-F]{8}$", "", name)
            short = re.sub(r"^(Tables|Storage|Events|Functions)", "", short)
            return f"{short} stream" if attribute == "StreamArn" else short
        case {"Fn::Join": ["", parts]}:
            return "".join(plain(part) for part in parts).split(":secretsmanager:")[-1]
    raise AssertionError(resource)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def grants(policy: dict[str, Any]) -> dict[str, set[str]]:
    """What a policy allows, by resource."""
    found: dict[str, set[str]] = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        for resource in as_list(statement["Resource"]):
            found.setdefault(plain(resource), set()).update(as_list(statement["Action"]))
    return found


@pytest.mark.parametrize("role", sorted(GRANTS))
def test_a_role_may_do_this_and_nothing_else(dev: Synthesized, role: str) -> None:
    """A grant that is added or removed shows here before it shows in an account."""
    found = grants(dev.one("AWS::IAM::Policy", f"{role}RoleDefaultPolicy"))
    assert {re.sub(r"^AWS::Region:AWS::AccountId:", "", name): found[name] for name in found} == GRANTS[role]


def test_every_role_is_in_the_table(dev: Synthesized) -> None:
    """No role escapes the test above, none has a policy of AWS's, none an action with a star."""
    roles, policies = dev.of_type("AWS::IAM::Role"), dev.of_type("AWS::IAM::Policy")
    assert len(roles) == len(policies) == len(GRANTS)
    assert not any("ManagedPolicyArns" in role or "Policies" in role for role in roles.values())
    actions = {action for policy in policies.values() for found in grants(policy).values() for action in found}
    assert not [action for action in actions if "*" in action]


@pytest.mark.parametrize("function", sorted(NAMES))
def test_a_function_knows_only_what_it_may_use(dev: Synthesized, function: str) -> None:
    """An environment variable beyond these is a name that the function has no use for."""
    properties = dev.one("AWS::Lambda::Function", f"{function}Function")
    variables = properties["Environment"]["Variables"]
    prefix = "LEADLIGHT_"
    assert {name.removeprefix(prefix) for name in variables if name.startswith(prefix)} == NAMES[function]
    assert variables["POWERTOOLS_SERVICE_NAME"] == function.lower()


def test_only_this_accounts_scheduler_takes_the_schedules_role(dev: Synthesized) -> None:
    """Another account's schedule cannot use our role."""
    role = dev.one("AWS::IAM::Role", "ScheduleRole")
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
