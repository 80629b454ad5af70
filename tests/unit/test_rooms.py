"""Arrows point one way: functions to runtime to adapters to the domain. Read from the syntax trees."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "shared" / "python" / "leadlight"
DOMAIN = (
    "activity",
    "sources",
    "signals",
    "model",
    "scoring",
    "state",
    "lifecycle",
    "nurture",
    "kpi",
    "events",
    "guard",
)
PEOPLE = "leadlight.model.document"  # reads what people write: never in a function
AWS = ("boto3", "botocore", "pynamodb", "aws_lambda_powertools", "aws_cdk")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a name comes from"
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def reaches(names: set[str], *packages: str) -> set[str]:
    return {name for name in names if any(name == each or name.startswith(each + ".") for each in packages)}


def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((LAYER / folder).rglob("*.py"))]
    assert found
    return found


@pytest.mark.parametrize("room", DOMAIN)
def test_the_domain_knows_nothing_of_aws_or_of_who_calls_it(room):
    """No boto3, PynamoDB, Powertools, adapters, runtime, CLI; no environment and no clock."""
    for path in files(room):
        names = imports(path)
        outside = reaches(names, *AWS, "os", "time", "leadlight.adapters", "leadlight.runtime", "leadlight.cli")
        assert not outside, f"{path} imports {outside}"
        assert ".now(" not in path.read_text(), f"{path} reads a clock"


def test_adapters_do_not_know_the_runtime():
    """They serve ports; the wiring knows them, not they the wiring."""
    for path in files("adapters"):
        assert not reaches(imports(path), "leadlight.runtime", "leadlight.cli", "functions"), path


def test_only_the_functions_know_powertools_and_only_one_module_the_environment():
    """The runtime is plain Python; what the stack says comes in through one door."""
    for path in files("runtime"):
        names = imports(path)
        assert not reaches(names, "aws_lambda_powertools", "leadlight.cli", "functions"), path
        assert path.name == "environment.py" or not reaches(names, "os"), path


def test_functions_import_the_runtime_and_nothing_below_it():
    """A handler is decorators, one use case, and its result."""
    for path in sorted((ROOT / "functions").glob("*/handler.py")):
        inside = reaches(imports(path), "leadlight") - reaches(imports(path), "leadlight.runtime")
        assert not inside, f"{path} imports {inside}"
        assert len(path.read_text().splitlines()) < 40, path


def test_no_function_reads_what_people_write():
    """Pydantic and YAML stay out of the sandbox; the CLI and the layer's build are the only readers."""
    readers = [path for path in LAYER.rglob("*.py") if "cli" not in path.parts and "document" not in path.parts]
    for path in [*readers, *(ROOT / "functions").rglob("*.py")]:
        assert not reaches(imports(path), PEOPLE, "pydantic", "ruamel", "click", "rich"), path


@pytest.mark.parametrize("path", sorted((ROOT / "functions").glob("*/handler.py")), ids=lambda path: path.parent.name)
def test_nothing_is_imported_as_shared(path):
    """`import shared.python...` would make a second copy of every module."""
    assert not reaches(imports(path), "shared")


def test_files_are_short():
    """A file does one thing; 300 lines want a reason."""
    long = {
        path.relative_to(ROOT): lines
        for folder in ("shared", "functions", "infra")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 300
    }
    assert not long
