import subprocess

from infra.layer import build, size
from tests.bench.row import Row, at_most, row


def rows() -> list[Row]:
    """The arm64 layer, unzipped, as Lambda counts it; null where it can't be built here."""
    name = "layer for arm64, unzipped"
    try:
        megabytes = size(build("arm64")) / 1e6
    except (subprocess.CalledProcessError, OSError) as error:
        return [row(f"{name}: not built ({type(error).__name__})", None, "MB")]
    return [
        row(
            name,
            megabytes,
            "MB",
            peer="its packages as installed, measured apart",
            peer_value=46.0,
            budget=at_most(20, "MB"),
        )
    ]
