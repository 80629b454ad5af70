"""What an installed dependency carries that no function needs."""

import shutil
from pathlib import Path

# The AWS services that the functions call; botocore ships the models of some 400.
SERVICES = frozenset({"dynamodb", "events", "s3", "secretsmanager", "sqs", "sts"})
LICENSES = ("licen", "notice", "copying")
METADATA_KEPT = ("Metadata-Version:", "Name:", "Version:", "License:", "License-Expression:")


def prune(target: Path) -> None:
    """Remove from an installed tree all that the functions never read; licenses stay."""
    _prune_botocore_data(target / "botocore" / "data")
    for info in target.glob("*.dist-info"):
        _prune_dist_info(info)
    for folder in [*target.rglob("tests"), *target.rglob("__pycache__"), target / "bin"]:
        shutil.rmtree(folder, ignore_errors=True)
    for stub in target.rglob("*.pyi"):
        stub.unlink()
    for debug in target.rglob("*.debug"):
        debug.unlink()


def _prune_botocore_data(data: Path) -> None:
    """Keep the services used, and the files beside them that all need (endpoints, partitions, retry)."""
    for service in data.iterdir():
        if service.is_dir() and service.name not in SERVICES:
            shutil.rmtree(service)


def _prune_dist_info(info: Path) -> None:
    """Keep the license texts, and of the metadata what `importlib.metadata.version` reads."""
    for entry in info.iterdir():
        if entry.name == "METADATA":
            _shorten_metadata(entry)
        elif not entry.name.lower().startswith(LICENSES):
            entry.unlink()


def _shorten_metadata(metadata: Path) -> None:
    header = metadata.read_text(encoding="utf-8").split("\n\n", 1)[0].splitlines()
    kept = [line for line in header if line.startswith(METADATA_KEPT)]
    metadata.write_text("\n".join([*kept, ""]), encoding="utf-8")
