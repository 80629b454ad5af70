"""The functions: what was tested is what runs, and changing one changes no other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from constructs import Construct

from infra.functions import SIZING, function_code
from infra.layer import python_version
from tests.infra.synthesized import Synthesized

pytestmark = pytest.mark.xdist_group("infra")


def test_the_runtime_is_the_python_that_ran_these_tests(dev: Synthesized) -> None:
    """The layer's bytecode fits it, too."""
    runtime = f"python{python_version()}"
    dev.template.all_resources_properties("AWS::Lambda::Function", {"Runtime": runtime})
    dev.template.all_resources_properties("AWS::Lambda::LayerVersion", {"CompatibleRuntimes": [runtime]})


@pytest.mark.parametrize(("name", "machine"), [("dev", "arm64"), ("prod", "x86_64")])
def test_functions_and_layer_have_the_architecture_of_the_settings(
    stacks: dict[str, Synthesized], name: str, machine: str
) -> None:
    """A layer of another architecture would fail at the first import."""
    template = stacks[name].template
    template.all_resources_properties("AWS::Lambda::Function", {"Architectures": [machine]})
    template.all_resources_properties("AWS::Lambda::LayerVersion", {"CompatibleArchitectures": [machine]})


@pytest.mark.parametrize("name", sorted(SIZING))
def test_each_folder_is_a_function(dev: Synthesized, name: str) -> None:
    """With the layer, a time limit and lines of JSON in a log group of its own; tracing is off."""
    function = dev.one("AWS::Lambda::Function", f"Functions{name.title()}Function")
    assert function["Handler"] == f"functions.{name}.handler.lambda_handler"
    assert len(function["Layers"]) == 1
    assert function["Timeout"] == SIZING[name].timeout_seconds
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert function["LoggingConfig"]["LogGroup"]["Ref"].startswith(f"Functions{name.title()}Logs")
    assert "TracingConfig" not in function
    assert "ReservedConcurrentExecutions" not in function


def test_metrics_survive_a_quiet_log_level(prod: Synthesized) -> None:
    """Lambda takes a line without a level for INFO, and would drop our metrics at WARN."""
    for function in prod.of_type("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] == "WARN"
        assert function["LoggingConfig"]["ApplicationLogLevel"] == "INFO"


def asset_keys(root: Path) -> dict[str, str]:
    """Each function's asset by name, as a deployment of that folder would upload it."""
    stack = Stack(App(), "assets")
    keys = {}
    for name in SIZING:
        location = function_code(name, root=root).bind(Construct(stack, name)).s3_location
        assert location is not None
        keys[name] = location.object_key
    return keys


def test_editing_one_function_changes_only_its_asset(project: Callable[..., Path]) -> None:
    """A deployment replaces what was edited, and nothing beside it."""
    files = {f"functions/{name}/handler.py": f"# {name}\n" for name in SIZING}
    root = project({"functions/__init__.py": "", "README.md": "", "shared/python/x.py": "", **files})
    before = asset_keys(root)
    project({"functions/ingest/handler.py": "# edited\n", "README.md": "edited", "shared/python/x.py": "#"})
    project({"functions/api/__pycache__/handler.pyc": "compiled"})
    after = asset_keys(root)
    assert {name for name in SIZING if before[name] != after[name]} == {"ingest"}
    assert len(set(before.values())) == len(SIZING)
