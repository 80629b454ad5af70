"""The synthesized cloud assembly of the `local` environment, made again only when its sources change.

A synthesis takes seconds (it starts Node), so that its result is kept under a name made of all that decides it.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = 3


class SynthesisFailed(RuntimeError):
    """`python -m infra.app` failed; the message is what it printed."""


def synthesize(root: Path = ROOT) -> Path:
    """The folder of the assembly; synthesizes unless it is there."""
    finished = root / "build" / "local" / _name(root)
    if (finished / "manifest.json").exists():
        os.utime(finished)
        return finished
    finished.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=finished.parent, prefix="making-") as scratch:
        made = Path(scratch) / "assembly"
        _run_app(made, root)
        # Two runs at once make the same assembly: whichever is first stays.
        if not finished.exists():
            made.rename(finished)
    _forget_old(finished.parent)
    return finished


def _run_app(output: Path, root: Path) -> None:
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(output),
        "CDK_CONTEXT_JSON": json.dumps({"leadlight:environment": "local"}),
        # jsii greets an older Node with a page of text on every start.
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0 or not (output / "manifest.json").exists():
        raise SynthesisFailed(f"{ran.stdout}\n{ran.stderr}".strip())


def _name(root: Path) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {sys.platform} {version('aws-cdk-lib')}\n".encode())
    for path in _sources(root):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


def _sources(root: Path) -> Iterator[Path]:
    yield root / "cdk.json"
    yield root / "infra" / "locks" / "layer.txt"
    yield from sorted((root / "infra").glob("*.py"))
    for folder in (root / "functions", root / "shared" / "python" / "leadlight"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not {"__pycache__", "cli"} & set(path.relative_to(folder).parts):
                yield path


def _forget_old(folder: Path) -> None:
    assemblies = sorted((path for path in folder.iterdir() if (path / "manifest.json").exists()), key=_used)
    for path in assemblies[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _used(path: Path) -> float:
    return path.stat().st_mtime
