"""The CDK app: `python -m infra.app`, by itself or as the CDK CLI runs it. It makes no AWS call."""

import json
import os
from typing import Any

from aws_cdk import App

from infra import nag
from infra.layer import ROOT
from infra.settings import SettingsError, read_settings
from infra.stack import LeadlightStack

BUNDLE_KEY = "leadlight:bundle"


def cdk_context() -> dict[str, Any]:
    """The context of cdk.json, which only the CDK CLI would hand over by itself."""
    document: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    context: dict[str, Any] = document["context"]
    return context


def build_app(*, context: dict[str, Any] | None = None, outdir: str | None = None) -> App:
    """The app of one environment; the CDK CLI's context goes before `context`, and that before cdk.json."""
    app = App(context={**cdk_context(), **(context or {})}, outdir=outdir)
    keys = [key for key in cdk_context() if key.startswith("leadlight:")]
    settings = read_settings({key: app.node.try_get_context(key) for key in keys})
    # The CLI's `-c` can only give a string.
    bundle = str(app.node.try_get_context(BUNDLE_KEY)).lower() != "false"
    LeadlightStack(app, settings.stack_name, settings=settings, bundle=bundle)
    nag.check(app)
    return app


def main() -> None:
    """Synthesize into the CDK CLI's folder, or into cdk.out."""
    try:
        build_app(outdir=os.environ.get("CDK_OUTDIR", str(ROOT / "cdk.out"))).synth()
    except SettingsError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
