"""What all functions run on: the Python that builds, an architecture, and the layer."""

from pathlib import Path

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import layer
from infra.settings import Settings

RUNTIMES = {
    "3.11": lambda_.Runtime.PYTHON_3_11,
    "3.12": lambda_.Runtime.PYTHON_3_12,
    "3.13": lambda_.Runtime.PYTHON_3_13,
    "3.14": lambda_.Runtime.PYTHON_3_14,
}
ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


class Runtime(Construct):
    """The layer and where it fits: what was tested is what runs, and the bytecode matches."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, bundle: bool) -> None:
        super().__init__(scope, construct_id)
        version = layer.python_version()
        if version not in RUNTIMES:
            raise RuntimeError(f"Python {version} is no Lambda runtime of Leadlight; use {', '.join(RUNTIMES)}")
        self.python = RUNTIMES[version]
        self.architecture = ARCHITECTURES[settings.machine]
        self.layer = lambda_.LayerVersion(
            self,
            "Layer",
            code=_layer_code(settings, bundle=bundle),
            compatible_runtimes=[self.python],
            compatible_architectures=[self.architecture],
            description="Leadlight: domain, adapters and their dependencies",
        )


def _layer_code(settings: Settings, *, bundle: bool) -> lambda_.Code:
    documents = layer.Documents(models=settings.models, catalogue=settings.catalogue)
    name = layer.layer_hash(settings.architecture, documents=documents)
    if bundle:
        folder = layer.build(settings.architecture, documents=documents)
    else:
        # Never the real name: an empty layer uploaded under it would be taken for the real one.
        folder, name = _placeholder(), f"placeholder-{name}"
    return lambda_.Code.from_asset(str(folder), asset_hash=name, asset_hash_type=AssetHashType.CUSTOM)


def _placeholder() -> Path:
    folder = layer.ROOT / "build" / "layer" / "placeholder"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
