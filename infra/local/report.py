"""What the demo says beside the tables: the times, and how to talk to the stack."""

from collections.abc import Mapping

from rich.console import Group
from rich.text import Text

from infra.local.traffic import Latency


def times_line(seconds: Mapping[str, float]) -> str:
    """Each phase and how long it took."""
    return " · ".join(f"{name} {spent:.1f} s" for name, spent in seconds.items())


def latency_line(latency: Latency) -> str:
    """The promise that a webhook's effect is out in a moment, as measured."""
    p50, p95 = latency.percentile(50), latency.percentile(95)
    count = len(latency.samples)
    return f"from HTTP post to EventBridge event: p50 {p50:.0f} ms, p95 {p95:.0f} ms ({count} new leads, one at a time)"


def instructions(
    *, url: str, access_key: str, secret_key: str, region: str, webhook_secrets: Mapping[str, str]
) -> Group:
    """How to talk to the running stack: its keys and secrets are its own, and go with it."""
    keys = f"AWS_ACCESS_KEY_ID={access_key} AWS_SECRET_ACCESS_KEY={secret_key} AWS_DEFAULT_REGION={region}"
    signed = f'curl --aws-sigv4 "aws:amz:{region}:execute-api" --user "{access_key}:{secret_key}"'
    return Group(
        Text("The stack stays up. Talk to it from another terminal, in this folder:", style="bold"),
        Text(f"  export LEADLIGHT_URL={url} {keys}"),
        Text("  .venv/bin/leadlight leads"),
        Text("  .venv/bin/leadlight --help"),
        Text(f"  {signed} '{url}/v1/kpis'"),
        *(Text(f"  {url}/v1/webhooks/{source} has the secret {word}") for source, word in webhook_secrets.items()),
        Text("Ctrl-C stops it and leaves nothing behind.", style="bold"),
    )
