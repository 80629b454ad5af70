"""The memory of rescore with a batch as large as Lambda can be told to make it: 10,000 records in a fresh process.

The records are of 5,000 leads, which are new. The process imports the handler as it deploys, decodes the event from
JSON as Lambda's runtime does, and answers AWS's calls out of hand: what is put is not kept. The most that it held at
once is what the kernel counted (VmHWM).
"""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import msgspec

from infra.layer import ROOT, build
from tests.bench import traffic
from tests.bench.metered import Record
from tests.bench.row import Row, at_most, row
from tests.bench.world import SETTINGS, world

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RECORDS, LEADS = 10_000, 5_000
_MEASURED = """
import json, sys
from botocore.client import BaseClient

saved = []

def answer(client, operation, arguments):
    if operation == "PutItem" and arguments["TableName"] == "leads":
        saved.append(arguments["Item"]["lead_id"]["S"])
    if operation == "BatchGetItem":
        return {"Responses": {}}
    return {"Query": {"Items": []}, "GetSecretValue": {"SecretString": "bench"}}.get(operation, {})

BaseClient._make_api_call = answer

def most():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024

class Context:
    def get_remaining_time_in_millis(self):
        return 60_000

from functions.rescore import handler
before = most()
with open(sys.argv[1], "rb") as file:
    event = json.loads(file.read())
decoded = most()
failures = handler.lambda_handler(event, Context())["batchItemFailures"]
print(json.dumps([before, decoded, most(), len(set(saved)), len(failures)]))
"""


def rows(*, quick: bool) -> list[Row]:
    """The most that the process held, after the batch and before it."""
    count = 200 if quick else RECORDS
    before, decoded, most = measure(count)
    name = f"memory of rescore with a batch of {count:,} records"
    return [
        row(name, most, "MB", budget=at_most(200, "MB")),
        row(f"{name}: before it", before, "MB"),
        row(f"{name}: once it is decoded", decoded, "MB"),
    ]


def measure(count: int) -> tuple[float, float, float]:
    """Megabytes that the process held at most: before the batch, once it is decoded, and in the end."""
    with TemporaryDirectory() as folder:
        event = Path(folder) / "event.json"
        event.write_bytes(msgspec.json.encode({"Records": _records(count)}))
        done = subprocess.run(
            [sys.executable, "-S", "-c", _MEASURED, str(event)],
            env={
                **SETTINGS,
                **{f"LEADLIGHT_{name}": "bench" for name in ("ACTIVITIES_TABLE", "RECORDS_TABLE", "BUCKET")},
                "LEADLIGHT_LEADS_TABLE": "leads",
                "LEADLIGHT_FORGOTTEN_SECRET": "bench",
                "AWS_LAMBDA_FUNCTION_NAME": "bench",
                "PYTHONPATH": f"{build('host') / 'python'}:{ROOT}",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            check=True,
            capture_output=True,
            text=True,
        )
    before, decoded, most, saved, failed = json.loads(done.stdout.splitlines()[-1])
    assert (saved, failed) == (leads_of(count), 0)
    return before, decoded, most


def leads_of(count: int) -> int:
    """How many leads so many records are of."""
    return LEADS * count // RECORDS


def _records(count: int) -> list[Record]:
    """What the stream brings of so many activities, with all that Lambda says of a record."""
    random, leads = Random(1), leads_of(count)
    with world(NOW) as made:
        for number in range(leads):
            made.clock = NOW + timedelta(seconds=number)
            events = list(traffic.history(random, f"lead{number}", count // leads, until=made.clock, days=0))
            assert made.invoke("ingest", traffic.request(events))["statusCode"] == 202
        found = list(map(_as_lambda_has_it, made.tables.taken("activities")))[:count]
    random.shuffle(found)  # a lead's records are all over the batch
    return found


def _as_lambda_has_it(record: Record) -> Record:
    name = record["dynamodb"]["SequenceNumber"]
    more = {"ApproximateCreationDateTime": 1795262400.0, "SizeBytes": 512, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    return {
        "eventID": f"{name:0>32}",
        "eventVersion": "1.1",
        "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/activities/stream/2026-11-21T12:00:00.000",
        **record,
        "dynamodb": {**record["dynamodb"], **more},
    }


def main() -> None:
    """Prints the megabytes."""
    print("before, decoded, most: {:.1f}, {:.1f}, {:.1f} MB".format(*measure(RECORDS)))


if __name__ == "__main__":
    main()
