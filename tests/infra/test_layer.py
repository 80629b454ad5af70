"""The layer: small, complete, of the right architecture, and silent about where it was built."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra import layer

pytestmark = pytest.mark.xdist_group("infra")

FILES = {
    "shared/python/leadlight/__init__.py": "",
    "shared/python/leadlight/model/default.yaml": "name: default\n",
    "shared/python/leadlight/cli/main.py": "",
    "infra/layer.py": "",
    "infra/layer_prune.py": "",
    "infra/locks/layer.txt": "msgspec==1\n",
}


def test_the_hash_tells_platforms_and_pythons_apart(project: Callable[..., Path]) -> None:
    """A layer of the wrong architecture was once shipped because its name did not say so."""
    root = project(FILES)
    platforms: list[layer.Platform] = ["arm64", "x86_64", "host"]
    hashes = {
        layer.layer_hash(platform, root=root, python=python) for platform in platforms for python in ("3.11", "3.14")
    }
    assert len(hashes) == 6


@pytest.mark.parametrize(
    "edited",
    ["infra/locks/layer.txt", "shared/python/leadlight/model/default.yaml", "infra/layer_prune.py"],
)
def test_the_hash_changes_with_what_is_shipped(project: Callable[..., Path], edited: str) -> None:
    """Lock, sources and the rules of building each make another layer."""
    root = project(FILES)
    before = layer.layer_hash("arm64", root=root)
    project({edited: "edited"})
    assert layer.layer_hash("arm64", root=root) != before


@pytest.mark.parametrize(
    "edited",
    ["shared/python/leadlight/cli/main.py", "shared/python/leadlight/__pycache__/x.pyc", "README.md"],
)
def test_the_hash_stays_with_what_is_not(project: Callable[..., Path], edited: str) -> None:
    """The CLI is not shipped, so editing it deploys nothing."""
    root = project(FILES)
    before = layer.layer_hash("arm64", root=root)
    project({edited: "edited"})
    assert layer.layer_hash("arm64", root=root) == before


def test_a_team_deploys_its_own_model(project: Callable[..., Path], tmp_path: Path) -> None:
    """The settings name the files; they are checked, published into the layer, and decide its name."""
    (tmp_path / "leadlight" / "model").mkdir(parents=True)
    text = read_default("model").replace("version: 1", "version: 7", 1)
    root = project({**FILES, "models/ours.yaml": text})
    ours = layer.Documents(models=("models/ours.yaml",))
    layer.write_documents(tmp_path, ours, root=root)
    published = json.loads((tmp_path / "leadlight" / "model" / "published.json").read_bytes())
    assert [model["version"] for model in published["models"]] == [7]
    before = layer.layer_hash("arm64", root=root, documents=ours)
    assert before != layer.layer_hash("arm64", root=root)
    project({"models/ours.yaml": text.replace("version: 7", "version: 8", 1)})
    assert layer.layer_hash("arm64", root=root, documents=ours) != before


def read_default(folder: str) -> str:
    return (layer.ROOT / "shared" / "python" / "leadlight" / folder / "default.yaml").read_text()


@pytest.fixture(scope="module")
def built() -> Path:
    """This machine's layer, from the cache when nothing has changed."""
    return layer.build("host")


def test_the_layer_is_within_its_budget(built: Path) -> None:
    """20 MB unzipped, of Lambda's 250 for everything."""
    assert layer.size(built) <= 20_000_000


def test_the_layer_works_without_the_development_environment(built: Path) -> None:
    """What the functions import is there, for every AWS service that they call."""
    check = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import botocore.session, leadlight, msgspec, pynamodb.models\n"
        "from aws_lambda_powertools import Logger, Metrics\n"
        "from aws_lambda_powertools.utilities.batch import BatchProcessor\n"
        "for service in sys.argv[2:]:\n"
        "    botocore.session.get_session().create_client(service, region_name='us-east-1')\n"
    )
    services = ["dynamodb", "events", "s3", "secretsmanager", "sqs", "sts"]
    command = [sys.executable, "-I", "-S", "-c", check, str(built / "python"), *services]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_default_documents_are_published_in_the_layer(built: Path) -> None:
    """A function reads JSON with msgspec; YAML and pydantic stay with the people."""
    package = built / "python" / "leadlight"
    assert list(package.rglob("*.yaml"))
    assert list(package.rglob("*.json"))
    assert not (package / "cli").exists()
    assert not (built / "python" / "pydantic").exists()


def test_bytecode_is_matched_by_hash(built: Path) -> None:
    """Packing loses the times that bytecode is matched by otherwise, and each cold start would compile."""
    module = built / "python" / "leadlight" / "__init__.py"
    bytecode = Path(importlib.util.cache_from_source(str(module))).read_bytes()
    assert int.from_bytes(bytecode[4:8], "little") & 0b1


def test_the_layer_does_not_say_where_it_was_built(built: Path) -> None:
    """Neither this machine's folders nor the registry that served the packages."""
    for path in built.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert str(layer.ROOT).encode() not in content, path
            assert b"/simple/" not in content, path


def test_the_locks_name_no_registry() -> None:
    """Where packages come from is each machine's own setting; what they are is fixed by hashes."""
    for lock in (layer.ROOT / "infra" / "locks").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text


def test_the_layer_ships_what_was_tested() -> None:
    """Every version in the layer's lock is the development lock's as well."""
    layer_lock, dev_lock = (pins(layer.ROOT / "infra" / "locks" / f"{name}.txt") for name in ("layer", "dev"))
    assert layer_lock <= dev_lock


def pins(lock: Path) -> set[str]:
    return {line.split(" ")[0] for line in lock.read_text().splitlines() if "==" in line}
