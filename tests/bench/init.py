"""What a cold start of ingest pays beside a bare botocore DynamoDB client: both from the built layer, in fresh processes.

Ingest asks the records table what is published before its first request: here a server answers at once that nothing is.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from infra.layer import ROOT, build
from tests.bench.row import Row, ratio_at_most, row
from tests.bench.world import SETTINGS

PEER = "bare botocore DynamoDB client, same layer"
_MEASURED = """
import json, time
wall, cpu = time.perf_counter(), time.process_time()
{what}
print(json.dumps([time.process_time() - cpu, time.perf_counter() - wall]))
"""
_INGEST = "import functions.ingest.handler"
_BARE = "import botocore.session\nbotocore.session.get_session().create_client('dynamodb')"


def rows(*, quick: bool) -> list[Row]:
    """Imports and client, without the interpreter's own start: the fastest of twelve."""
    layer = build("host")
    taken: dict[str, list[tuple[float, float]]] = {_INGEST: [], _BARE: []}
    with _empty_table() as endpoint:
        for turn in range(2 if quick else 13):
            for what, times in taken.items():
                cpu, wall = _fresh(what, layer, endpoint)
                if turn:  # the first fills the disk's cache
                    times.append((cpu * 1000, wall * 1000))
    return [
        row(
            f"ingest init, {name}",
            min(times[index] for times in taken[_INGEST]),
            "ms",
            peer=PEER,
            peer_value=min(times[index] for times in taken[_BARE]),
            budget=ratio_at_most(1.2),
        )
        for index, name in enumerate(("CPU", "wall"))
    ]


class _Nothing(BaseHTTPRequestHandler):
    """Answers every query: no items."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"Items":[],"Count":0,"ScannedCount":0}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def _empty_table() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Nothing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _fresh(what: str, layer: Path, endpoint: str) -> tuple[float, float]:
    names = ("ACTIVITIES_TABLE", "RECORDS_TABLE", "BUCKET", "SECRETS_PREFIX")
    done = subprocess.run(
        [sys.executable, "-S", "-c", _MEASURED.format(what=what)],
        env={
            **SETTINGS,
            **{f"LEADLIGHT_{name}": "bench" for name in names},
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_ENDPOINT_URL": endpoint,
            "PYTHONPATH": f"{layer / 'python'}:{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        check=True,
        capture_output=True,
        text=True,
    )
    cpu, wall = json.loads(done.stdout.splitlines()[-1])
    return cpu, wall
