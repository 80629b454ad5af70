"""Build the functions' layer without Docker: `python -m infra.layer --platform host|arm64|x86_64`.

A layer is named by a hash over all that decides its content (platform, Python, lock, sources, these build
rules), so a layer of the wrong architecture can never be taken for the right one.
"""

import argparse
import compileall
import hashlib
import importlib
import py_compile
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from infra.layer_prune import prune
from infra.settings import host_machine

Platform = Literal["host", "arm64", "x86_64"]

ROOT = Path(__file__).resolve().parent.parent
# 2.17 is the oldest C library among the Lambda runtimes of Python 3.11 to 3.14.
LAMBDA_PLATFORMS = {"arm64": "manylinux2014_aarch64", "x86_64": "manylinux2014_x86_64"}
HASH_LENGTH = 20
KEPT_BUILDS = 6


def python_version() -> str:
    """The building interpreter's `major.minor`, which is also the functions' runtime."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def sources(root: Path = ROOT) -> Iterator[Path]:
    """The files of ours that decide what the layer holds, in a stable order."""
    package = root / "shared" / "python" / "leadlight"
    for path in sorted(package.rglob("*")):
        if path.is_file() and not _left_out(path.relative_to(package)):
            yield path
    yield root / "infra" / "layer.py"
    yield root / "infra" / "layer_prune.py"
    yield root / "infra" / "locks" / "layer.txt"


@dataclass(frozen=True, kw_only=True)
class Documents:
    """A team's own scoring models and catalogue, as paths below the root; the shipped ones where there are none."""

    models: tuple[str, ...] = ()
    catalogue: str | None = None

    def paths(self, root: Path) -> Iterator[Path]:
        """The files, the catalogue last."""
        yield from (root / name for name in (*self.models, *filter(None, [self.catalogue])))


SHIPPED = Documents()


def layer_hash(
    platform: Platform, *, root: Path = ROOT, python: str | None = None, documents: Documents = SHIPPED
) -> str:
    """The name of the layer that these sources and documents make for that platform and Python."""
    digest = hashlib.sha256(_identity(platform, python or python_version()).encode())
    digest.update(f"{documents}\n".encode())
    for path in documents.paths(root):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for path in sources(root):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:HASH_LENGTH]


def build(platform: Platform, *, root: Path = ROOT, documents: Documents = SHIPPED) -> Path:
    """The folder of the built layer; builds it unless it is there.

    Raises:
        subprocess.CalledProcessError: when a dependency of the lock cannot be installed.
    """

    def make(layer: Path) -> None:
        target = layer / "python"
        shutil.copytree(_dependencies(platform, root=root), target)
        _copy_package(target / "leadlight", root=root)
        write_documents(target, documents, root=root)
        _compile(target / "leadlight", within=target)

    return _made_once(root / "build" / "layer" / layer_hash(platform, root=root, documents=documents), make)


def _dependencies(platform: Platform, *, root: Path) -> Path:
    """What the lock installs, pruned and compiled; kept apart, so that an edit of ours is packed in no time."""
    digest = hashlib.sha256(_identity(platform, python_version()).encode())
    for name in ("layer.py", "layer_prune.py", "locks/layer.txt"):
        digest.update((root / "infra" / name).read_bytes())

    def make(target: Path) -> None:
        _install(platform, target, root=root)
        prune(target)
        _compile(target, within=target)

    return _made_once(root / "build" / "dependencies" / digest.hexdigest()[:HASH_LENGTH], make)


def _made_once(finished: Path, make: Callable[[Path], None]) -> Path:
    if finished.is_dir():
        return finished
    finished.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=finished.parent, prefix="building-") as scratch:
        made = Path(scratch) / "made"
        make(made)
        try:
            made.rename(finished)
        except OSError:
            # Two builds at once make the same: whichever is first stays.
            if not finished.is_dir():
                raise
    _forget_old(finished.parent)
    return finished


def write_documents(target: Path, documents: Documents = SHIPPED, *, root: Path = ROOT) -> None:
    """Put the published JSON of the catalogue and the models next to the shipped YAML.

    Documents are validated here with pydantic, which a function never imports.
    """
    package_path = str(ROOT / "shared" / "python")
    if package_path not in sys.path:
        sys.path.insert(0, package_path)
    reader = importlib.import_module("leadlight.model.document")
    reader.build_documents(
        target / "leadlight",
        models=[root / name for name in documents.models] or [reader.DEFAULT_MODEL],
        catalogue=root / documents.catalogue if documents.catalogue else reader.DEFAULT_CATALOGUE,
    )


def _forget_old(folder: Path) -> None:
    """Every edit of the sources makes a layer; only the last few are of use."""
    built = [made for made in folder.iterdir() if len(made.name) == HASH_LENGTH]
    for old in sorted(built, key=lambda made: made.stat().st_mtime)[:-KEPT_BUILDS]:
        shutil.rmtree(old, ignore_errors=True)


def size(folder: Path) -> int:
    """Bytes of all files below a folder: what Lambda counts as unzipped."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _identity(platform: Platform, python: str) -> str:
    target = f"host-{sys.platform}-{host_machine()}" if platform == "host" else platform
    return f"{target}\n{python}\n"


def _left_out(relative: Path) -> bool:
    return relative.parts[0] == "cli" or "__pycache__" in relative.parts


def _install(platform: Platform, target: Path, *, root: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--target", str(target), "--no-deps", "--no-compile"]
    command += ["--require-hashes", "--only-binary", ":all:", "--requirement", "infra/locks/layer.txt"]
    if platform != "host":
        command += ["--implementation", "cp", "--python-version", python_version()]
        command += ["--platform", LAMBDA_PLATFORMS[platform]]
    subprocess.run(command, cwd=root, check=True)


def _copy_package(copy: Path, *, root: Path) -> None:
    package = root / "shared" / "python" / "leadlight"

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if _left_out((Path(folder) / name).relative_to(package))}

    shutil.copytree(package, copy, ignore=left_out)


def _compile(folder: Path, *, within: Path) -> None:
    """Ship bytecode that is matched by the source's hash: packing a layer loses the times of its files."""
    compiled = compileall.compile_dir(
        folder,
        quiet=1,
        force=True,
        stripdir=str(within),
        prependdir="/opt/python",
        invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
    )
    if not compiled:
        raise RuntimeError("some files of the layer do not compile")


def main() -> None:
    """Build one layer and print where it is and how large."""
    parser = argparse.ArgumentParser(description="Build the functions' layer.")
    parser.add_argument("--platform", choices=get_args(Platform), default="arm64")
    folder = build(cast("Platform", parser.parse_args().platform))
    print(f"{folder} {size(folder) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
