"""What the stack tells those who use it: where it answers and what its parts are called."""

from aws_cdk import CfnOutput, Stack

from infra.access import Resources
from infra.functions import Functions
from infra.http_api import HttpApi


def add_outputs(stack: Stack, *, resources: Resources, functions: Functions, http_api: HttpApi) -> None:
    """Add the outputs that the CLI, the local runner and the tests read."""
    tables = resources.tables
    values = {
        "ApiUrl": http_api.url,
        "ActivitiesTable": tables.activities.table_name,
        "LeadsTable": tables.leads.table_name,
        "RecordsTable": tables.records.table_name,
        "Bucket": resources.storage.bucket.bucket_name,
        "RunsQueueUrl": resources.runs.queue.queue_url,
        "Bus": resources.bus.bus.event_bus_name,
        "ActivitiesStreamArn": tables.activities.table_stream_arn or "",
        "LeadsStreamArn": tables.leads.table_stream_arn or "",
        "SecretsPrefix": resources.secrets.prefix,
        **{f"{name.title()}Function": function.function_name for name, function in functions.by_name.items()},
    }
    for name, value in values.items():
        CfnOutput(stack, name, value=value)
