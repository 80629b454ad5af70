"""Both kinds of stack in one app, synthesized once for all tests here, without building the layer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from infra import nag
from infra.settings import Settings
from infra.stack import LeadlightStack
from tests.infra.synthesized import Synthesized


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """A passing and a lasting deployment side by side in one account."""
    outdir = tmp_path_factory.mktemp("cdk.out")
    app = App(outdir=str(outdir))
    chosen = {
        "dev": Settings(environment="dev", stack_name="leadlight-dev", removal="destroy"),
        "prod": Settings(
            environment="prod",
            stack_name="leadlight",
            architecture="x86_64",
            removal="retain",
            log_level="WARN",
            alarm_email="growth@example.com",
        ),
    }
    built = {
        name: LeadlightStack(app, settings.stack_name, settings=settings, bundle=False)
        for name, settings in chosen.items()
    }
    nag.check(app)
    app.synth()
    return {name: _synthesized(stack, outdir) for name, stack in built.items()}


def _synthesized(stack: LeadlightStack, outdir: Path) -> Synthesized:
    template = Template.from_stack(stack)
    return Synthesized(
        template=template,
        document=dict(template.to_json()),
        path=outdir / f"{stack.stack_name}.template.json",
    )


@pytest.fixture(scope="session")
def dev(stacks: dict[str, Synthesized]) -> Synthesized:
    """The stack that goes away with all it holds."""
    return stacks["dev"]


@pytest.fixture(scope="session")
def prod(stacks: dict[str, Synthesized]) -> Synthesized:
    """The stack whose data outlives it."""
    return stacks["prod"]


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """A folder with files of the given texts, for what reads the project's own files."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return make
